import Glibc

/// Where the program takes payloads from.
enum StandardInput {
    /// Appends what is there, waiting for it; false at the end, or once `stop` is readable.
    static func read(
        into bytes: inout [UInt8], from descriptor: Int32 = STDIN_FILENO, stop: Int32? = nil
    ) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { part in
            while true {
                // A descriptor of -1 is passed over (poll(2)).
                var waits = [
                    pollfd(fd: stop ?? -1, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                ]
                if stop != nil {
                    poll(&waits, 2, -1)
                    if waits[0].revents != 0 { return false }
                    guard waits[1].revents != 0 else { continue }
                }
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
