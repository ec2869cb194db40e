import Glibc

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
    mutating func next() throws -> [UInt8]? { try next(waits: true) }

    /// The next line if it is there already; nil too if it is yet to come.
    mutating func nextAtHand() throws -> [UInt8]? { try next(waits: false) }

    /// The next line, waited for, and those behind it that are there already, as many as make a batch; nil at the end.
    mutating func nextBatch() throws -> [[UInt8]]? {
        guard let first = try next() else { return nil }
        var lines = [first]
        var byteCount = first.count
        while lines.count < BatchBody.maximumEntries, byteCount < Self.batchBytes, let line = try nextAtHand() {
            lines.append(line)
            byteCount += line.count
        }
        return lines
    }

    /// How many bytes of lines make a batch, or a little more: so few that their encoding fits one.
    private static let batchBytes = 1 << 20

    private mutating func next(waits: Bool) throws -> [UInt8]? {
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
            guard waits || isReadable else { return nil }
            // What has been read is dropped before more comes, so that moving the rest costs little.
            buffer.removeSubrange(..<position)
            searched -= position
            position = 0
            isAtEnd = try !StandardInput.read(into: &buffer, from: descriptor, stop: stop)
        }
    }

    /// Whether reading would not wait.
    private var isReadable: Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) > 0
    }
}
