import Glibc

/// Where the program puts what it was asked for.
enum StandardOutput {
    /// Writes `bytes` whole, past all buffers.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else {
                let code = errno
                guard code == EINTR else { throw ProgramFailure("cannot write to standard output", code) }
            }
        }
    }
}
