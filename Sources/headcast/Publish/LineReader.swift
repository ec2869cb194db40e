/// Lines of a file or pipe as they come, without their line feeds.
struct LineReader {
    let descriptor: Int32
    /// A longer line is an error: memory must not follow what a broken producer writes.
    let maximumBytes: Int
    /// Once it is readable, the lines are at their end.
    let stop: Int32?

    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(descriptor: Int32, maximumBytes: Int, stop: Int32? = nil) {
        self.descriptor = descriptor
        self.maximumBytes = maximumBytes
        self.stop = stop
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
            isAtEnd = try !StandardInput.read(into: &buffer, from: descriptor, stop: stop)
        }
    }
}
