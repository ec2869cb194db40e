import Records

/// Why a recorder cannot go on.
package enum RecorderError: Error, Equatable {
    /// The store cannot be used as it is, and waiting would not help.
    case unusableStore(StoreLocation, StoreError)
    /// The store was taken away. Another recorder, or this one started again, uses or makes what is there by then.
    case lostStore(StoreLocation, StoreError)
}

extension RecorderError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unusableStore(let location, let error): "cannot use the store \(location): \(error)"
        case .lostStore(let location, let error): "the store \(location) is gone: \(error)"
        }
    }
}
