import Endpoints

/// Which nameservers are asked, and how names are completed.
///
/// `ResolverConfiguration(nameservers: [endpoint])` asks that one only, for names as they are.
package struct ResolverConfiguration: Hashable, Sendable {
    /// Asked one after the other until one knows; the first three count.
    package var nameservers: [Endpoint]

    /// Domains that are put behind names which are not absolute.
    package var searchDomains: [DNSName]

    /// From so many dots on, a name is tried as it is before the search domains.
    package var dots: Int

    /// The wait for an answer to the first try; every further one waits twice as long.
    package var timeout: Duration

    /// Tries per nameserver that together fit into ``timeLimit``; at least one is made.
    package var attempts: Int

    /// The longest that a lookup takes in all.
    package var timeLimit: Duration

    package init(
        nameservers: [Endpoint], searchDomains: [DNSName] = [], dots: Int = 1, timeout: Duration = .milliseconds(500),
        attempts: Int = 3, timeLimit: Duration = .seconds(5)
    ) {
        self.nameservers = nameservers
        self.searchDomains = searchDomains
        self.dots = dots
        self.timeout = timeout
        self.attempts = attempts
        self.timeLimit = timeLimit
    }

    /// Reads `127.0.0.1:1053` or `[::1]:1053`; the port may be left out and is 53 then.
    package init(nameserver text: String) throws(ResolvingError) {
        let bare = text.first == "[" && text.last == "]" ? String(text.dropFirst().dropLast()) : text
        if let endpoint = Endpoint(text), endpoint.port != 0 {
            self.init(nameservers: [endpoint])
        } else if let address = IPAddress(bare) {
            self.init(nameservers: [Endpoint(address: address, port: 53)])
        } else {
            throw .invalidNameserver(text)
        }
    }

    /// The names to try for `request`, in order, each once.
    func candidates(for request: LookupRequest) -> [DNSName] {
        let name = request.parsedName
        guard !request.isAbsolute else { return [name] }
        let completed = searchDomains.compactMap { name.under($0) }
        let isTriedFirst = name.labels.count - 1 >= dots
        var seen: Set<DNSName> = []
        return (isTriedFirst ? [name] + completed : completed + [name]).filter { seen.insert($0).inserted }
    }

    /// How often one nameserver is tried, so that all of them together stay within the time limit.
    var triesPerNameserver: Int {
        let servers = max(1, min(nameservers.count, 3))
        var tries = 1
        while tries < attempts, timeout * (1 << (tries + 1) - 1) * servers <= timeLimit { tries += 1 }
        return tries
    }
}
