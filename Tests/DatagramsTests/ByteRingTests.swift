import Datagrams
import Glibc
import Testing

struct ByteRingTests {
    private let page = sysconf(Int32(_SC_PAGESIZE))

    private func read(_ ring: borrowing ByteRing, at position: UInt64, _ count: Int) -> [UInt8] {
        ring.withBytes(at: position, count: count) { span in span.withUnsafeBytes { Array($0) } }
    }

    private func write(_ bytes: [UInt8], to ring: inout ByteRing, at position: UInt64) {
        ring.write(bytes.span.bytes, at: position)
    }

    @Test(arguments: [(Int.min, 1), (-1, 1), (0, 1), (1, 1), (4_095, 1), (4_096, 1), (4_097, 2), (8_192, 2)])
    func `a capacity is rounded up to pages`(_ requested: Int, _ pages: Int) throws {
        try #require(page == 4_096)
        #expect(try ByteRing(capacity: requested).capacity == pages * page)
    }

    @Test func `a ring larger than the address space is an error`() {
        #expect(throws: DatagramError.self) { _ = try ByteRing(capacity: 1 << 56).capacity }
    }

    @Test func `fresh memory is zero`() throws {
        let ring = try ByteRing(capacity: page)
        let bytes = read(ring, at: 0, page)
        #expect(bytes == Array(repeating: 0, count: page))
    }

    @Test func `a range is contiguous at every offset`() throws {
        var ring = try ByteRing(capacity: page)
        let bytes = (0..<97).map { UInt8($0 + 1) }
        for offset in 0..<page {
            let position = UInt64(3 * page + offset)
            write(bytes, to: &ring, at: position)
            let together = read(ring, at: position, bytes.count)
            // The same bytes one by one, each by its place in the first half.
            var apart: [UInt8] = []
            for index in bytes.indices { apart += read(ring, at: UInt64((offset + index) % page), 1) }
            #expect(together == bytes && apart == bytes, "offset \(offset)")
        }
    }

    @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 12_345])
    func `a whole capacity is written and read from any place`(_ position: UInt64) throws {
        var ring = try ByteRing(capacity: page)
        let bytes = (0..<page).map { UInt8(truncatingIfNeeded: $0 * 7) }
        write(bytes, to: &ring, at: position)
        let found = read(ring, at: position, page)
        #expect(found == bytes)
    }

    @Test func `what was written a capacity ago is overwritten`() throws {
        var ring = try ByteRing(capacity: page)
        write([1, 2, 3], to: &ring, at: 10)
        write([9], to: &ring, at: UInt64(page + 11))
        let found = read(ring, at: 10, 3)
        #expect(found == [1, 9, 3])
    }

    @Test func `positions count up without end`() throws {
        var ring = try ByteRing(capacity: page)
        let position = UInt64.max - 4
        write([1, 2, 3, 4], to: &ring, at: position)
        let found = read(ring, at: position, 4)
        #expect(found == [1, 2, 3, 4])
    }

    @Test func `nothing is written and read`() throws {
        var ring = try ByteRing(capacity: page)
        write([7], to: &ring, at: 0)
        write([], to: &ring, at: 0)
        let found = [read(ring, at: 0, 0), read(ring, at: 0, 1)]
        #expect(found == [[], [7]])
    }

    @Test func `two rings share nothing`() throws {
        var one = try ByteRing(capacity: page)
        let other = try ByteRing(capacity: page)
        write([1], to: &one, at: 0)
        let found = read(other, at: 0, 1)
        #expect(found == [0])
    }

    @Test func `a ring gives its memory and descriptor back`() {
        #expect(throws: Never.self) {
            // More than descriptors or mappings would allow.
            for _ in 0..<70_000 { _ = try ByteRing(capacity: page).capacity }
        }
    }
}
