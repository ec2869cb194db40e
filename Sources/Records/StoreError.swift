/// Why a store did not do what it was asked. Nothing of it is done, or nobody knows: ask again.
///
/// The texts say what failed and what the database said to it.
package enum StoreError: Error, Hashable, Sendable {
    /// It may work later without anybody's help: a server that is away, a lock held too long.
    case unavailable(String)
    /// There is no room left; it works again as soon as there is.
    case full(String)
    /// The database takes no changes.
    case readOnly(String)
    /// Another recorder uses the database file, which takes one at a time.
    case inUse(String)
    /// What was written to is no longer where others would look for it; nothing more is written there.
    case gone(String)
    /// The database cannot be opened as it was named: no such folder, no permission, a wrong password.
    case refused(String)
    /// It was written by a newer version, which alone knows what it means.
    case unsupported(String)
    /// It is damaged, or no database of a recorder at all.
    case corrupt(String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let text), .full(let text), .readOnly(let text), .inUse(let text), .gone(let text),
            .refused(let text), .unsupported(let text), .corrupt(let text):
            text
        }
    }

    /// Whether the same may work later although nobody changes what the recorder was told.
    package var isTemporary: Bool {
        switch self {
        case .unavailable, .full, .readOnly, .inUse: true
        case .gone, .refused, .unsupported, .corrupt: false
        }
    }
}
