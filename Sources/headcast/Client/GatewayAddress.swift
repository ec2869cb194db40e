import Endpoints
import Resolving
import Service

/// Where a command finds the gateway: `--gateway`, else HEADCAST_GATEWAY, else this machine.
enum GatewayAddress: Equatable {
    /// The beginning of every URL, without a slash at its end.
    case url(String)
    /// Every address that a DNS name has, at one port: the replicas behind a headless Service.
    case replicas(LookupRequest, port: UInt16)

    static let standard = GatewayAddress.url("http://127.0.0.1:8080")

    /// Reads `http://HOST:PORT`, `https://HOST`, `dns://NAME:PORT`, or `HOST:PORT` for plain HTTP.
    init(_ text: String) throws(Expected) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = parts.count == 2 ? parts[0].lowercased() : "http"
        let rest = String(parts.last ?? "")
        guard !rest.isEmpty, !rest.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" }) else {
            throw Expected(Self.expected)
        }
        switch scheme {
        case "http", "https":
            let bare = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
            try Self.check(authority: bare.prefix { $0 != "/" })
            self = .url("\(scheme)://\(bare)")
        case "dns":
            self = try Self.replicas(rest)
        default:
            throw Expected(Self.expected)
        }
    }

    /// What is said of the address in messages.
    var text: String {
        switch self {
        case .url(let url): url
        case .replicas(let request, let port): "dns://\(request.name):\(port)"
        }
    }

    private static let expected = "http://HOST:PORT, https://HOST or dns://NAME:PORT"

    /// Refuses what is no host, and what is one by accident: digits alone are an address to many.
    private static func check(authority: Substring) throws(Expected) {
        let bracket = authority.lastIndex(of: "]")
        let colon = authority.lastIndex(of: ":").flatMap { index in bracket.map { index > $0 } ?? true ? index : nil }
        let host = authority[..<(colon ?? authority.endIndex)]
        if let colon {
            guard let port = UInt16(decimal: authority[authority.index(after: colon)...]), port > 0 else {
                throw Expected(expected)
            }
        }
        guard !host.isEmpty, !host.allSatisfy(\.isNumber) else {
            let port = host.isEmpty ? authority.dropFirst() : host
            let hint = UInt16(decimal: port) != nil ? "; did you mean http://127.0.0.1:\(port)?" : ""
            throw Expected(expected + hint)
        }
    }

    private static func replicas(_ text: String) throws(Expected) -> GatewayAddress {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(decimal: text[text.index(after: colon)...]), port > 0
        else { throw Expected("dns://NAME:PORT") }
        do throws(ResolvingError) {
            return .replicas(try LookupRequest(name: String(text[..<colon]), port: .number(port)), port: port)
        } catch {
            throw Expected("dns://NAME:PORT: \(error)")
        }
    }
}
