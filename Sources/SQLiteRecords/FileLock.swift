import ErrorNumbers
import Glibc
import Records

/// The right to write to a database file, which one process at a time has.
///
/// A lock of flock(2) on a file beside the database, `PATH-lock`; the kernel gives it back when the process ends,
/// however it ends. Not on the database itself: closing a descriptor of that would drop SQLite's own locks on it.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Throws `inUse` at once if another process, or another lock of this one, has it.
    init(besides path: String) throws(StoreError) {
        let lockPath = Self.resolved(path) + "-lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(lockPath, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw Self.failure(lockPath, code) }
            throw .inUse("\(path): another recorder is using it; a database file takes one at a time")
        }
        self.descriptor = descriptor
    }

    deinit {
        // A process that another thread is just starting has a copy of the descriptor, and with it the lock, until it
        // runs its program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The path without symbolic links, so that one file has one lock whatever it is called.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func failure(_ path: String, _ code: Int32) -> StoreError {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let text =
            code == ENOENT ? "there is no folder \(folder)" : "cannot lock \(path): \(ErrorNumber(code))"
        return switch code {
        case ENOSPC, EDQUOT: .full(text)
        case EROFS: .readOnly(text)
        case EMFILE, ENFILE, ENOMEM, EIO, ENOLCK, EINTR: .unavailable(text)
        default: .refused(text)
        }
    }
}
