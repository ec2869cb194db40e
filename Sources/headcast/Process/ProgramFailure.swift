import ErrorNumbers
import Service

/// Something that failed while running, as a line to print: what, with which value, and why.
struct ProgramFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call that failed with `code`, a value of errno.
    init(_ action: String, _ code: Int32) {
        description = "\(action): \(ErrorNumber(code))"
    }
}
