import Records
import Service

extension StoreError {
    /// What a client is told of it; the request may be repeated in any case.
    var code: ErrorCode {
        switch self {
        case .full: .storeFull
        case .readOnly: .storeReadOnly
        case .unavailable, .inUse, .gone, .refused, .unsupported, .corrupt: .storeUnavailable
        }
    }
}
