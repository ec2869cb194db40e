import Glibc

/// Lines of a file or pipe as they come, without their line feeds.
struct LineReader {
    let descriptor: Int32
    /// A longer line is an error: memory must not follow what a broken producer writes.
    let maximumBytes: Int

    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(descriptor: Int32, maximumBytes: Int) {
        self.descriptor = descriptor
        self.maximumBytes = maximumBytes
    }

    /// The next line; nil at the end. What follows the last line feed is a line unless it is empty.
    mutating func next() throws -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            searched = buffer.count
            guard buffer.count - position <= maximumBytes else {
                throw ProgramFailure("a line of more than \(maximumBytes) bytes on standard input")
            }
            if isAtEnd {
                defer { position = buffer.count }
                return position < buffer.count ? Array(buffer[position...]) : nil
            }
            // What has been read is dropped before more comes, so that moving the rest costs little.
            buffer.removeSubrange(..<position)
            searched -= position
            position = 0
            isAtEnd = try !StandardInput.read(into: &buffer, from: descriptor)
        }
    }
}

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
