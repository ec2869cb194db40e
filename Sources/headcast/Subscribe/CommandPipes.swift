import CLinux
import Glibc

/// The pipes between a command and this program.
struct CommandPipes {
    struct Failure: Error {
        let code: Int32
    }

    /// One end of a pipe, closed with the last that refers to it, or before.
    final class End {
        private(set) var descriptor: Int32

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close() }

        /// poll(2) passes over it from then on.
        func close() {
            guard descriptor >= 0 else { return }
            Glibc.close(descriptor)
            descriptor = -1
        }
    }

    let input: (read: End, write: End)
    /// Nil where the command's standard output is this program's.
    let output: (read: End, write: End)?

    init(hasOutput: Bool) throws(Failure) {
        input = try Self.pipe()
        output = if hasOutput { try Self.pipe() } else { nil }
        // The other ends block, as commands expect it.
        for end in [input.write, output?.read].compactMap(\.self) { _ = fcntl(end.descriptor, F_SETFL, O_NONBLOCK) }
    }

    /// Gives the command `bytes`, or as many as it takes, and adds what it prints to `kept`; the command has its ends.
    ///
    /// - Returns: false when it prints more than `limit` bytes; then nobody listens to it any more.
    func exchange(_ bytes: ArraySlice<UInt8>, keeping kept: inout [UInt8], upTo limit: Int) -> Bool {
        input.read.close()
        output?.write.close()
        var rest = bytes
        while true {
            if rest.isEmpty { input.write.close() }
            let ends = [input.write, output?.read].compactMap(\.self).filter { $0.descriptor >= 0 }
            guard !ends.isEmpty else { return true }
            var waits = ends.map {
                pollfd(fd: $0.descriptor, events: Int16($0 === input.write ? POLLOUT : POLLIN), revents: 0)
            }
            poll(&waits, nfds_t(waits.count), -1)
            for (end, wait) in zip(ends, waits) where wait.revents != 0 {
                if end === input.write {
                    if !write(&rest) { rest = [] }
                } else if !read(into: &kept) {
                    end.close()
                }
            }
            guard kept.count <= limit else {
                output?.read.close()
                input.write.close()
                return false
            }
        }
    }

    /// Writes some of `bytes`; false once nobody reads them.
    private func write(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        let count = bytes.withUnsafeBytes { Glibc.write(input.write.descriptor, $0.baseAddress, $0.count) }
        let code = errno
        if count > 0 { bytes = bytes.dropFirst(count) }
        return count >= 0 || code == EINTR || code == EAGAIN
    }

    /// Reads what is there; false at the end.
    private func read(into kept: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { part in
            let count = Glibc.read(output?.read.descriptor ?? -1, part.baseAddress, part.count)
            let code = errno
            if count > 0 { kept.append(contentsOf: part[..<count]) }
            return count > 0 || count < 0 && (code == EINTR || code == EAGAIN)
        }
    }

    private static func pipe() throws(Failure) -> (read: End, write: End) {
        var ends: [Int32] = [-1, -1]
        let status = linux_pipe(&ends)
        let code = errno
        guard status == 0 else { throw Failure(code: code) }
        return (End(ends[0]), End(ends[1]))
    }
}
