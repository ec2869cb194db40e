import Glibc

/// Where the program puts the report.
enum StandardOutput {
    /// Writes `bytes` whole, past all buffers.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            let code = errno
            guard count >= 0 || code == EINTR else {
                throw BenchmarkFailure("cannot write to standard output", code)
            }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
