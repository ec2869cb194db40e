import ErrorNumbers

/// Something that failed while running, as a line to print: what, with which value, and why.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
    /// The way out, as a line of its own.
    let hint: String?

    init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }

    /// A system call that failed with `code`, a value of errno.
    init(_ action: String, _ code: Int32) {
        self.init("\(action): \(ErrorNumber(code))")
    }
}
