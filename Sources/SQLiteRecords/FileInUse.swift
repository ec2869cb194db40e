import Glibc
import Synchronization

/// Which file at a path the writer has open, so that the reader opens no other.
///
/// Beside the path stands that file's log of changes, which SQLite would take for any other's that was put there.
final class FileInUse: Sendable {
    private enum State {
        /// No writer was there yet.
        case unknown
        /// The writer left its file when that was moved.
        case none
        case file(inode: ino_t)
    }
    private let state = Mutex(State.unknown)

    /// The writer has opened what is at `path`.
    func enter(_ path: String) {
        let inode = Self.inode(at: path)
        state.withLock { $0 = inode.map { .file(inode: $0) } ?? .none }
    }

    /// The writer has closed it.
    func leave() {
        state.withLock { $0 = .none }
    }

    /// Whether a reader may open what is at `path`.
    func isAt(_ path: String) -> Bool {
        let inode = Self.inode(at: path)
        return state.withLock { state in
            switch state {
            case .unknown: true
            case .none: false
            case .file(let used): used == inode
            }
        }
    }

    private static func inode(at path: String) -> ino_t? {
        var found = stat()
        return stat(path, &found) == 0 ? found.st_ino : nil
    }
}
