import Glibc

/// Where the program talks to whoever runs it.
enum StandardError {
    /// Prints each of `lines` under the name of the program, all with one write(2).
    static func print(_ lines: String...) {
        let bytes = Array(lines.map { "headcast-benchmark: \($0)\n" }.joined().utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
