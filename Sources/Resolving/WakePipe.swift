import Glibc

/// A pipe that ends another thread's poll(2).
struct WakePipe: ~Copyable, Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(ResolvingError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotStart("pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Any thread. A full pipe is as good as one more byte in it.
    func wake() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes all wake-ups that are in the pipe.
    func drain() {
        var bytes: InlineArray<64, UInt8> = .init(repeating: 0)
        while read(readEnd, &bytes, 64) == 64 {}
    }
}
