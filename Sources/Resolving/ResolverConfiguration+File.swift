import Endpoints
import Glibc

extension ResolverConfiguration {
    /// No sane resolv.conf comes near.
    private static let maximumFileBytes = 65_536

    /// Reads the resolv.conf at `path`.
    ///
    /// A file that does not exist is as good as an empty one (resolv.conf(5)): the nameserver on this machine is asked.
    package init(file path: String) throws(ResolvingError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            guard code == ENOENT else { throw .unreadableConfiguration(path: path, errno: code) }
            self.init(text: "")
            return
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: ResolverConfiguration.maximumFileBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .unreadableConfiguration(path: path, errno: errno) }
        self.init(text: String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    /// Reads the text of a resolv.conf; what cannot be understood in it is skipped, as every resolver does.
    ///
    /// `timeout` and `attempts` are meant for programs that ask once. Here they only bound the time of a whole lookup,
    /// where they ask for less than 5 seconds; tries are repeated sooner.
    package init(text: String) {
        self.init(nameservers: [])
        var fileTimeout = 5
        var fileAttempts = 2
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let keyword = words.first, !keyword.hasPrefix("#"), !keyword.hasPrefix(";") else { continue }
            let values = words.dropFirst().prefix { !$0.hasPrefix("#") && !$0.hasPrefix(";") }
            switch keyword {
            case "nameserver":
                guard let address = values.first.flatMap({ IPAddress($0) }), nameservers.count < 3 else { continue }
                nameservers.append(Endpoint(address: address, port: 53))
            case "search":
                searchDomains = values.prefix(32).compactMap { DNSName($0) }
            case "domain":
                searchDomains = values.prefix(1).compactMap { DNSName($0) }
            case "options":
                for option in values {
                    let parts = option.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2, let number = Int(decimal: parts[1]) else { continue }
                    switch parts[0] {
                    case "ndots": dots = min(number, 15)
                    case "timeout": fileTimeout = min(max(number, 1), 30)
                    case "attempts": fileAttempts = min(max(number, 1), 5)
                    default: continue
                    }
                }
            default: continue
            }
        }
        if nameservers.isEmpty { nameservers = [Endpoint(address: .loopback, port: 53)] }
        timeLimit = min(timeLimit, .seconds(fileTimeout * fileAttempts * nameservers.count))
    }
}
