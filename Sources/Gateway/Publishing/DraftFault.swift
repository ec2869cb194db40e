import JSON
import Service

/// Why a message cannot be taken as its publisher gave it; nothing of it was published.
struct DraftFault: Error, Hashable {
    let code: ErrorCode
    let message: String
    /// The header, the parameter or the member of an entry that is wrong, where there is one.
    let parameter: String?
    /// What was exceeded, where something was.
    let limit: Int?

    init(_ code: ErrorCode, _ message: String, parameter: String? = nil, limit: Int? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
        self.limit = limit
    }

    /// - Parameters:
    ///   - parameter: where it says so.
    ///   - others: what it might be instead.
    static func notUnderstood(_ type: MediaType, in parameter: String, or others: String = "") -> DraftFault {
        DraftFault(
            .unsupportedMediaType,
            "events of type \(type.name.quoted) are not understood; expected \(MediaType.event.name)\(others)",
            parameter: parameter)
    }

    init(_ code: ErrorCode, _ fault: JSONFault) {
        switch fault {
        case .expected: self.init(code, "malformed JSON: \(fault)")
        case .unknownMember(let name, _, _), .repeatedMember(let name):
            self.init(code, fault.description, parameter: name)
        }
    }
}

extension Refusal {
    init(_ fault: DraftFault) {
        self.init(fault.code, fault.message) { error in
            if let parameter = fault.parameter { error.field("parameter", parameter) }
            if let limit = fault.limit { error.field("limit", limit) }
        }
    }
}
