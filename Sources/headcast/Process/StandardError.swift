import Glibc
import Service

/// Where the program talks to whoever runs it.
enum StandardError {
    /// Prints each of `lines` under the name of the program, all with one write(2).
    static func print(_ lines: String...) {
        print(lines)
    }

    static func print(_ lines: [String]) {
        write(lines.map { "headcast: \($0.visible)\n" }.joined())
    }

    /// Writes `text` as it is.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
