/// Where records are kept: `sqlite:///var/lib/headcast/records.db` or `postgres://recorder@db.shop/headcast`.
package enum StoreLocation: Hashable, Sendable {
    /// A file, by its absolute path.
    case sqlite(path: String)
    /// A server and its database, as libpq reads them, with its parameters: `?sslmode=verify-full`.
    case postgreSQL(url: String)

    package init(_ text: String) throws(StoreLocationFault) {
        if text.hasPrefix("sqlite:") {
            self = .sqlite(path: try Self.path(text))
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            guard !text.utf8.contains(0) else { throw .unreadable }
            self = .postgreSQL(url: text)
        } else {
            throw .unknownScheme
        }
    }

    private static func path(_ text: String) throws(StoreLocationFault) -> String {
        let path = text.dropFirst("sqlite://".count)
        guard text.hasPrefix("sqlite:///") else { throw .relativePath }
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else { throw .hasOptions }
        guard !path.utf8.contains(0) else { throw .unreadable }
        guard !path.hasSuffix("/") else { throw .noFile }
        return String(path)
    }
}

extension StoreLocation: CustomStringConvertible {
    /// As it was given, but `***` for passwords; for people and logs.
    package var description: String {
        switch self {
        case .sqlite(let path): "sqlite://\(path)"
        case .postgreSQL(let url): Self.redacted(url)
        }
    }

    private static func redacted(_ url: String) -> String {
        let scheme = url.prefix { $0 != "/" } + "//"
        let rest = url.dropFirst(scheme.count)
        let query = rest.firstIndex(of: "?") ?? rest.endIndex
        var address = String(rest[..<query])
        if let at = address.lastIndex(of: "@"), let colon = address[..<at].firstIndex(of: ":") {
            address.replaceSubrange(address.index(after: colon)..<at, with: "***")
        }
        guard query < rest.endIndex else { return scheme + address }
        let parameters = rest[query...].dropFirst().split(separator: "&").map { parameter in
            let name = parameter.prefix { $0 != "=" }
            return name.hasSuffix("password") ? name + "=***" : parameter
        }
        return scheme + address + "?" + parameters.joined(separator: "&")
    }
}

/// Why a text names no store.
package enum StoreLocationFault: Error, Hashable, Sendable {
    case unknownScheme
    case relativePath
    case hasOptions
    case noFile
    case unreadable
}

extension StoreLocationFault: CustomStringConvertible {
    /// To stand after the text that is at fault.
    package var description: String {
        switch self {
        case .unknownScheme: "is no store; expected sqlite:///PATH or postgres://USER@HOST/DATABASE"
        case .relativePath: "has no absolute path; expected three slashes, like sqlite:///var/lib/headcast/records.db"
        case .hasOptions: "has a ? or # in it; a file has no options"
        case .noFile: "names a folder; expected a file, like sqlite:///var/lib/headcast/records.db"
        case .unreadable: "has a zero byte in it"
        }
    }
}
