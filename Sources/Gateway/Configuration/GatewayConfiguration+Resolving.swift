import Resolving

extension GatewayConfiguration {
    /// The file that names the DNS servers where none is set.
    package static let resolverFile = "/etc/resolv.conf"

    /// Whom to ask, and how names are completed.
    package func resolverConfiguration() throws(ResolvingError) -> ResolverConfiguration {
        if let resolver { return ResolverConfiguration(nameservers: [resolver]) }
        return try ResolverConfiguration(file: Self.resolverFile)
    }
}

extension TopicConfiguration {
    /// What is asked of DNS for this topic; nil for a list.
    package func lookupRequest() throws(ResolvingError) -> LookupRequest? {
        guard case .dns(let name, let port) = source else { return nil }
        let lookupPort: LookupPort =
            switch port {
            case .number(let number): .number(number)
            case .named(let word): .named(word)
            }
        let family: AddressFamilyRule =
            switch family {
            case .auto: .auto
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            case .both: .both
            }
        return try LookupRequest(name: name, port: lookupPort, family: family)
    }
}
