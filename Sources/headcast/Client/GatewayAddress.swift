import Endpoints
import Requesting
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
        if let rest = Self.rest(of: text, after: "dns") {
            self = try Self.replicas(rest)
        } else {
            self = .url(try Self.serverURL(text, expected: "http://HOST:PORT, https://HOST or dns://NAME:PORT"))
        }
    }

    /// The URL of one server, from `http://HOST:PORT`, `https://HOST`, or `HOST:PORT` for plain HTTP.
    static func serverURL(_ text: String) throws(Expected) -> String {
        guard rest(of: text, after: "dns") == nil else {
            throw Expected("\(oneServer): one of them, and a Service picks it by itself")
        }
        return try serverURL(text, expected: oneServer)
    }

    private static let oneServer = "http://HOST:PORT or https://HOST"

    /// What stands behind `scheme://`; nil where there is another scheme or none.
    private static func rest(of text: String, after scheme: String) -> String? {
        text.lowercased().hasPrefix("\(scheme)://") ? String(text.dropFirst(scheme.count + 3)) : nil
    }

    private static func serverURL(_ text: String, expected: String) throws(Expected) -> String {
        let scheme = rest(of: text, after: "https") != nil ? "https" : "http"
        let rest = rest(of: text, after: scheme) ?? text
        guard !rest.isEmpty, !rest.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" }) else {
            throw Expected(expected)
        }
        let bare = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        try check(authority: bare.prefix { $0 != "/" }, expected: expected)
        guard HTTPRequest.isURL("\(scheme)://\(bare)") else { throw Expected(expected) }
        return "\(scheme)://\(bare)"
    }

    /// What is said of the address in messages.
    var text: String {
        switch self {
        case .url(let url): url
        case .replicas(let request, let port): "dns://\(request.name):\(port)"
        }
    }

    /// Refuses what is no host, and what is one by accident: digits alone are an address to many.
    private static func check(authority: Substring, expected: String) throws(Expected) {
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
        guard Endpoint(text) == nil else {
            throw Expected("dns:// with a name; http://\(text) asks the gateway at that address")
        }
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
