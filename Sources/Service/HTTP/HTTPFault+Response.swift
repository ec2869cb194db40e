import JSON
import MicroHTTP

extension HTTPFault {
    /// What a client is told of it.
    ///
    /// - Parameter tooLarge: words the refusal of a body larger than this many bytes, which depends on the path.
    package func response(tooLarge: (_ limit: Int) -> HTTPResponse) -> HTTPResponse {
        switch self {
        case .malformed(let reason): .error(.malformedRequest, reason)
        case .bodyTooLarge(let limit): tooLarge(limit)
        case .headTooLarge(let limit):
            .error(
                .headTooLarge,
                "head of more than \(limit) bytes, 64 more counted for each field, or of \(HTTPLimits.maximumFields) fields"
            ) { $0.field("limit", limit) }
        case .unknownTransferCoding:
            .error(.notImplemented, "unknown Transfer-Encoding; send chunked or a Content-Length")
        case .bodiesTooLarge(let limit):
            .error(.overloaded, "bodies on their way in fill their \(limit) bytes; try again")
        case .unanswered:
            .error(.internalError, "the request was not answered; this is a fault of Headcast")
        }
    }
}
