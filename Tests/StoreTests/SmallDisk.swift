import Dispatch
import Foundation
import Glibc
import Synchronization

/// A small file system that only the thread of one closure sees, and that is gone after it.
enum SmallDisk {
    /// Needs root.
    static let isAvailable = geteuid() == 0 && (try? run(bytes: 1 << 16) { _ in }) != nil

    struct Unavailable: Error {}

    /// Runs `body` on a thread with a mount namespace of its own, in which the folder it is given has room for `bytes`.
    static func run(bytes: Int, _ body: @escaping @Sendable (_ folder: String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        // The thread has not the folder itself, which could not be removed where something is mounted on it.
        let path = folder.path
        let failure = Box()
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            do {
                try enter(path, bytes: bytes)
                try body(path)
            } catch {
                failure.error.withLock { $0 = error }
            }
            isDone.signal()
        }
        withExtendedLifetime(folder) { isDone.wait() }
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    /// Makes the file system at `folder` read-only, or writable again; on the thread of the closure.
    static func remount(_ folder: String, readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        guard mount("tmpfs", folder, "tmpfs", flags, nil) == 0 else { throw Unavailable() }
    }

    /// Makes one file read-only for whoever opens it from now on; on the thread of the closure.
    static func protect(_ path: String) throws {
        let flags = UInt(MS_REMOUNT | MS_BIND | MS_RDONLY)
        guard mount(path, path, nil, UInt(MS_BIND), nil) == 0, mount("none", path, nil, flags, nil) == 0 else {
            throw Unavailable()
        }
    }

    private static func enter(_ folder: String, bytes: Int) throws {
        // Swift's Glibc hides unshare(2).
        guard let symbol = dlsym(nil, "unshare") else { throw Unavailable() }
        let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        let cloneNewNamespace: Int32 = 0x0002_0000
        let isPrivate = UInt(MS_REC) | UInt(MS_PRIVATE)
        guard unshare(cloneNewNamespace) == 0, mount("none", "/", nil, isPrivate, nil) == 0,
            mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0
        else { throw Unavailable() }
    }

    private final class Box: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }
}
