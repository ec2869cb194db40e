import Endpoints
import Testing

@testable import Resolving

struct ResolverConfigurationTests {
    private let podFile = """
        search shop.svc.cluster.local svc.cluster.local cluster.local
        nameserver 10.96.0.10
        options ndots:5
        """

    private func candidates(_ configuration: ResolverConfiguration, _ name: String) throws -> [String] {
        configuration.candidates(for: try LookupRequest(name: name, port: .number(1))).map(\.description)
    }

    @Test func `a pod's file is read`() throws {
        let configuration = ResolverConfiguration(text: podFile)
        #expect(configuration.nameservers == [try #require(Endpoint("10.96.0.10:53"))])
        #expect(
            configuration.searchDomains.map(\.description) == [
                "shop.svc.cluster.local", "svc.cluster.local", "cluster.local",
            ])
        #expect(configuration.dots == 5)
    }

    @Test func `garbage in the file is skipped`() throws {
        let text =
            "\u{0}\u{1}\n;x\nnameserver\nnameserver no\nnameserver ::1 # ours\noptions ndots: ndots:x timeout:-1 y\nsearch a..b c"
        let configuration = ResolverConfiguration(text: text)
        #expect(configuration.nameservers == [try #require(Endpoint("[::1]:53"))])
        #expect(configuration.searchDomains.map(\.description) == ["c"])
        #expect(configuration.dots == 1)
    }

    @Test func `a file without a nameserver asks this machine`() throws {
        #expect(ResolverConfiguration(text: "").nameservers == [try #require(Endpoint("127.0.0.1:53"))])
        let missing = try ResolverConfiguration(file: "/nonexistent/resolv.conf")
        #expect(missing == ResolverConfiguration(text: ""))
    }

    @Test func `a file that cannot be read is an error`() {
        #expect(throws: ResolvingError.unreadableConfiguration(path: "/", errno: 21)) {
            try ResolverConfiguration(file: "/")
        }
    }

    @Test func `a fourth nameserver is not asked`() {
        let text = (1...4).map { "nameserver 10.0.0.\($0)\n" }.joined()
        #expect(ResolverConfiguration(text: text).nameservers.count == 3)
    }

    @Test func `the file's patience bounds a lookup and never extends it`() {
        #expect(ResolverConfiguration(text: "options timeout:1 attempts:1").timeLimit == .seconds(1))
        #expect(ResolverConfiguration(text: "options timeout:30 attempts:5").timeLimit == .seconds(5))
    }

    @Test(arguments: [
        ("127.0.0.1:1053", "127.0.0.1:1053"), ("[::1]:1053", "[::1]:1053"), ("10.0.0.1", "10.0.0.1:53"),
        ("::1", "[::1]:53"), ("[::1]", "[::1]:53"),
    ]) func `one nameserver is read with or without its port`(text: String, endpoint: String) throws {
        #expect(try ResolverConfiguration(nameserver: text).nameservers.map(\.description) == [endpoint])
    }

    @Test(arguments: ["", "localhost:53", "127.0.0.1:0", "127.0.0.1:99999", ":53"])
    func `a text that is no nameserver is refused`(text: String) {
        #expect(throws: ResolvingError.invalidNameserver(text)) { try ResolverConfiguration(nameserver: text) }
    }

    @Test func `a name with few dots is tried under the search domains first`() throws {
        #expect(
            try candidates(ResolverConfiguration(text: podFile), "headless") == [
                "headless.shop.svc.cluster.local", "headless.svc.cluster.local", "headless.cluster.local", "headless",
            ])
    }

    @Test func `a name with enough dots is tried as it is first`() throws {
        let configuration = ResolverConfiguration(text: "search x\noptions ndots:1")
        #expect(try candidates(configuration, "a.b") == ["a.b", "a.b.x"])
    }

    @Test func `a name with a final dot is tried only as it is`() throws {
        #expect(try candidates(ResolverConfiguration(text: podFile), "headless.") == ["headless"])
    }

    @Test func `tries are as many as fit into the time limit`() throws {
        let server = try #require(Endpoint("127.0.0.1:53"))
        #expect(ResolverConfiguration(nameservers: [server]).triesPerNameserver == 3)
        #expect(ResolverConfiguration(nameservers: [server, server, server]).triesPerNameserver == 2)
        #expect(ResolverConfiguration(nameservers: [server], timeLimit: .zero).triesPerNameserver == 1)
    }
}
