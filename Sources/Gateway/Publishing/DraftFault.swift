import JSON
import Service

/// Why a message cannot be taken as its publisher gave it; nothing of it was published.
struct DraftFault: Error, Hashable {
    let code: ErrorCode
    let message: String
    /// The header or the parameter that is wrong, where there is one.
    let parameter: String?

    init(_ code: ErrorCode, _ message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    init(_ code: ErrorCode, _ fault: JSONFault) {
        let message =
            if case .expected = fault { "malformed JSON: \(fault)" } else { fault.description }
        self.init(code, message)
    }
}
