import Glibc
import Synchronization
import Testing

/// A bridge with pods behind it, each a network namespace with an address of its own.
///
/// The bridge is in a namespace too, `gateway`, whose address 10.99.0.1 the gateway sends from, so that nothing of the
/// machine's own network is touched. An address from `absent` belongs to nobody.
struct Network: Sendable {
    let gateway: String
    let pods: [String]

    /// Whether this process may make namespaces.
    static let isPossible: Bool = {
        guard geteuid() == 0, let ip = Tool.ip else { return false }
        let name = "hc\(getpid())probe"
        let isMade = run([ip, "netns", "add", name])
        if isMade { _ = run([ip, "netns", "del", name]) }
        return isMade
    }()

    static let need: Comment = "needs root and network namespaces: run the tests as root"

    private static let count = Atomic(0)

    /// A namespace that is connected to nothing, with loopback up.
    static func alone() throws -> String {
        let name = "hc\(getpid())n\(count.add(1, ordering: .relaxed).newValue)"
        try add(name)
        return name
    }

    static func make(pods: Int) throws -> Network {
        let number = count.add(1, ordering: .relaxed).newValue
        let network = Network(
            gateway: "hc\(getpid())n\(number)",
            pods: (1...pods).map { "hc\(getpid())n\(number)p\($0)" }
        )
        for namespace in [network.gateway] + network.pods { try add(namespace) }
        try ip("-n", network.gateway, "link", "add", "bridge", "type", "bridge", "forward_delay", "0")
        try ip("-n", network.gateway, "address", "add", "10.99.0.1/24", "dev", "bridge")
        try ip("-n", network.gateway, "link", "set", "bridge", "up")
        for position in network.pods.indices { try network.connect(position) }
        return network
    }

    /// The address of the pod at `position` of `pods`.
    func address(_ position: Int) -> String { "10.99.0.\(11 + position)" }

    /// An address that nobody has.
    func absent(_ position: Int) -> String { "10.99.0.\(101 + position)" }

    /// Takes a pod off the network, as a node that died.
    func disconnect(_ position: Int) throws { try Self.ip("-n", gateway, "link", "delete", "pod\(position)") }

    /// Sets the largest packet of the bridge and all behind it.
    func limitPackets(to bytes: Int) throws {
        for position in pods.indices {
            try Self.ip("-n", gateway, "link", "set", "pod\(position)", "mtu", "\(bytes)")
            try Self.ip("-n", pods[position], "link", "set", "eth0", "mtu", "\(bytes)")
        }
        try Self.ip("-n", gateway, "link", "set", "bridge", "mtu", "\(bytes)")
    }

    /// Adds a pod behind a router, the link between these two with packets of at most `bytes`, and gives its address.
    ///
    /// The gateway reaches the router with packets of 1,500 bytes. One network has one such pod.
    func addDistantPod(packets bytes: Int) throws -> (address: String, router: String) {
        let (router, pod) = (gateway + "r", gateway + "d")
        for namespace in [router, pod] { try Self.add(namespace) }
        try Self.ip("-n", gateway, "link", "add", "router", "type", "veth", "peer", "name", "near", "netns", router)
        try Self.ip("-n", gateway, "link", "set", "router", "master", "bridge", "up")
        try Self.ip("-n", router, "link", "add", "far", "type", "veth", "peer", "name", "eth0", "netns", pod)
        try Self.ip("-n", router, "address", "add", "10.99.0.254/24", "dev", "near")
        try Self.ip("-n", router, "address", "add", "10.98.0.254/24", "dev", "far")
        try Self.ip("-n", pod, "address", "add", "10.98.0.11/24", "dev", "eth0")
        for (namespace, link) in [(router, "near"), (router, "far"), (pod, "eth0")] {
            try Self.ip("-n", namespace, "link", "set", link, "up")
        }
        for (namespace, link) in [(router, "far"), (pod, "eth0")] {
            try Self.ip("-n", namespace, "link", "set", link, "mtu", "\(bytes)")
        }
        try Self.ip("-n", pod, "route", "add", "default", "via", "10.98.0.254")
        try Self.ip("-n", gateway, "route", "add", "10.98.0.0/24", "via", "10.99.0.254")
        try Self.ip("netns", "exec", router, "/bin/sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        return ("10.98.0.11", "10.99.0.254")
    }

    /// Lets the router of the distant pod forward as before and say nothing itself, as where ICMP is filtered.
    func silenceRouter() throws {
        // Packets that a machine makes itself come in by `lo`, as far as rules are concerned (ip-rule(8)).
        try Self.ip("-n", gateway + "r", "rule", "add", "iif", "lo", "to", "10.99.0.0/24", "blackhole")
    }

    private func connect(_ position: Int) throws {
        let pod = pods[position]
        try Self.ip(
            "-n", gateway, "link", "add", "pod\(position)", "type", "veth", "peer", "name", "eth0", "netns", pod)
        try Self.ip("-n", gateway, "link", "set", "pod\(position)", "master", "bridge", "up")
        try Self.ip("-n", pod, "address", "add", "\(address(position))/24", "dev", "eth0")
        try Self.ip("-n", pod, "link", "set", "eth0", "up")
    }

    private static func add(_ namespace: String) throws {
        let ip = try #require(Tool.ip)
        Leash.hold(namespace, "\(ip) netns del \(namespace)")
        try self.ip("netns", "add", namespace)
        try Stage.current.atTheEnd {
            _ = run([ip, "netns", "del", namespace])
            Leash.release(namespace)
        }
        try self.ip("-n", namespace, "link", "set", "lo", "up")
    }

    /// Runs ip(8) to its end.
    static func ip(_ arguments: String...) throws {
        try #require(run([try #require(Tool.ip)] + arguments), "ip \(arguments.joined(separator: " ")) failed")
    }

    /// Runs a command that takes milliseconds, to its end.
    private static func run(_ command: [String]) -> Bool {
        var pid: pid_t = 0
        var status: Int32 = 0
        let result = withCStrings(command) { posix_spawn(&pid, command[0], nil, nil, $0, environ) }
        guard result == 0 else { return false }
        return waitpid(pid, &status, 0) == pid && status == 0
    }
}
