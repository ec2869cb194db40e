import CLinux
import Glibc

/// A ring of bytes in which every range is contiguous.
///
/// One memfd is mapped twice in a row, so that byte `capacity` is byte 0 again and nothing ever wraps. Positions count
/// up for ever; position p lives at p modulo the capacity, and writing overwrites what stood there a capacity ago.
package struct ByteRing: ~Copyable {
    /// Bytes, a multiple of the page size.
    package let capacity: Int
    private let base: UnsafeMutableRawPointer

    /// - Parameter capacity: bytes, rounded up to whole pages. Memory is taken as it is first written.
    package init(capacity requested: Int) throws(DatagramError) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let capacity = (max(1, requested) + page - 1) / page * page
        let descriptor = linux_memfd("headcast-log")
        var code = errno
        guard descriptor >= 0 else { throw .system("memfd_create", code) }
        defer { close(descriptor) }
        let resized = ftruncate(descriptor, capacity)
        code = errno
        guard resized == 0 else { throw .system("ftruncate", code) }
        let reserved = mmap(nil, 2 * capacity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        code = errno
        guard let reserved, reserved != MAP_FAILED else { throw .system("mmap", code) }
        for half in 0..<2 {
            let address = reserved + half * capacity
            let mapped = mmap(address, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0)
            code = errno
            guard mapped == address else {
                munmap(reserved, 2 * capacity)
                throw .system("mmap", code)
            }
        }
        self.capacity = capacity
        base = reserved
    }

    deinit {
        munmap(base, 2 * capacity)
    }

    /// Copies `bytes`, at most a capacity of them, to `position` and what follows.
    package mutating func write(_ bytes: RawSpan, at position: UInt64) {
        precondition(bytes.byteCount <= capacity)
        let target = address(of: position)
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            target.copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Writes `count` zeros, at most a capacity of them, to `position` and what follows.
    package mutating func clear(_ count: Int, at position: UInt64) {
        precondition(count >= 0 && count <= capacity)
        memset(address(of: position), 0, count)
    }

    /// Lends the `count` bytes from `position`, at most a capacity.
    package func withBytes<Result>(at position: UInt64, count: Int, _ body: (RawSpan) -> Result) -> Result {
        precondition(count >= 0 && count <= capacity)
        let bytes = UnsafeRawBufferPointer(start: address(of: position), count: count)
        return body(bytes.bytes)
    }

    func address(of position: UInt64) -> UnsafeMutableRawPointer {
        base + Int(position % UInt64(capacity))
    }
}
