import Glibc

/// Where the program takes payloads from.
enum StandardInput {
    /// Appends what is there, waiting for it; false at the end.
    static func read(into bytes: inout [UInt8], from descriptor: Int32 = STDIN_FILENO) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { part in
            while true {
                let count = Glibc.read(descriptor, part.baseAddress, part.count)
                let code = errno
                if count > 0 { bytes.append(contentsOf: part[..<count]) }
                if count >= 0 { return count > 0 }
                guard code == EINTR else { throw ProgramFailure("cannot read standard input", code) }
            }
        }
    }

    /// Everything up to the end, at most `maximumBytes`.
    static func readAll(atMost maximumBytes: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try read(into: &bytes) {
            guard bytes.count <= maximumBytes else {
                throw ProgramFailure("a payload of more than \(maximumBytes) bytes on standard input")
            }
        }
        return bytes
    }
}
