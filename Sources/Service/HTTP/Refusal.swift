import JSON
import MicroHTTP

/// Why a request gets an error, thrown while it is read.
package struct Refusal: Error {
    package let code: ErrorCode
    package let response: HTTPResponse

    package init(
        _ code: ErrorCode, _ message: String, retryAfterSeconds: Int? = nil,
        headers: [(name: String, value: String)] = [], with members: (inout JSONWriter) -> Void = { _ in }
    ) {
        self.code = code
        response = .error(code, message, retryAfterSeconds: retryAfterSeconds, headers: headers, with: members)
    }
}

/// The refusals that do not depend on what a server is for.
extension Refusal {
    /// - Parameter hint: what there is instead: `read /status`.
    package static func notFound(_ exchange: Exchange, hint: String) -> Refusal {
        Refusal(.notFound, "nothing is at \(exchange.path.quoted); \(hint)")
    }

    package static func methodNotAllowed(_ exchange: Exchange, allow: String) -> Refusal {
        Refusal(
            .methodNotAllowed, "\(exchange.methodName.visible) is not possible here; use \(allow)",
            headers: [(name: "Allow", value: allow)])
    }

    /// A body that nobody was to take is more than is read and dropped.
    package static func unwantedBody(limit: Int) -> Refusal {
        Refusal(.payloadTooLarge, "this path takes no body, and at most \(limit) bytes of one are read") {
            $0.field("limit", limit)
        }
    }
}

extension Exchange {
    /// The parts of the path, decoded; refused where they cannot be.
    package func parts() throws(Refusal) -> [String] {
        do throws(TargetFault) {
            return try pathParts()
        } catch {
            throw Refusal(.malformedRequest, "path: \(error)")
        }
    }
}
