/// What a fuzzer was given, taken for a script: each step of it takes a few bytes.
package struct Input {
    private var rest: ArraySlice<UInt8>

    package init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        rest = [UInt8](UnsafeBufferPointer(start: start, count: count))[...]
    }

    package var isEmpty: Bool { rest.isEmpty }

    /// The next byte; 0 where none is left.
    package mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    package mutating func flag() -> Bool { byte() & 1 == 1 }

    /// A number of that range, of one byte or two.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        let value = range.count <= 256 ? Int(byte()) : Int(byte()) << 8 | Int(byte())
        return range.lowerBound + value % range.count
    }

    /// As many of the next bytes as there are, at most so many.
    package mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
