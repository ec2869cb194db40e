import Datagrams
import Endpoints
import ErrorNumbers
import FanOut
import Gateway
import Glibc

/// Whether the longest datagram of a topic gets to its endpoints, by this machine's routes and by trying.
struct PathCheck {
    let topic: TopicConfiguration
    let addresses: [IPAddress]
    let routes: [IPAddress: Route]
    let trying: Trying

    /// What trying the way said.
    enum Trying {
        case done([PathProbe.Destination: PathProbe.Outcome])
        case not(because: String)
    }

    var findings: [Finding] {
        guard !routes.isEmpty else { return [] }
        return [topic.mayFragment ? fragments : route].compactMap { $0 } + tried
    }

    /// What is measured, and the setting that bounds it: a raw datagram is a payload.
    private var noun: String { topic.format == .raw ? "payloads" : "datagrams" }
    private var key: String { topic.format == .raw ? "maximumPayloadBytes" : "datagramBytes" }

    private var rooms: [IPAddress: Int] {
        routes.compactMapValues { if case .open(let mtu) = $0 { mtu } else { nil } }
            .reduce(into: [:]) { $0[$1.key] = $1.value - $1.key.datagramHeaderBytes }
    }

    private var route: Finding? {
        let rooms = rooms
        guard let least = rooms.values.min() else { return nil }
        let limit = topic.largestDatagramBytes
        let narrow = rooms.filter { $0.value < limit }
        guard !narrow.isEmpty else {
            let text = "\(noun) of \(limit.grouped) bytes fit the routes, which take up to \(least.grouped)"
            let count = fragmentsOnEthernet
            return .ok("mtu", count > 1 ? "\(text); links of 1,500 bytes cut them into \(count) fragments" : text)
        }
        return .bad(
            "mtu",
            "the way to \(Wording.share(narrow.count, of: addresses.count, "address")) takes \(noun) of up to "
                + "\(least.grouped) bytes, and the topic allows \(limit.grouped): longer ones fail with EMSGSIZE",
            advice: advice(toFit: least))
    }

    private var fragments: Finding? {
        guard let least = rooms.values.min() else { return nil }
        let count = fragments(through: least)
        guard count > 1 else { return route }
        let others = fragmentsOnEthernet > count ? " (\(fragmentsOnEthernet) on links of 1,500 bytes)" : ""
        return .warn(
            "mtu",
            "\(noun) of up to \(topic.largestDatagramBytes.grouped) bytes leave in up to "
                + "\(Wording.count(count, "fragment")) each\(others), and losing one loses the datagram",
            advice:
                "keep \(key) at \(min(least, TopicConfiguration.unfragmentedBytes)) or below, unless the "
                + "network loses nothing and every firewall on the way passes fragments")
    }

    /// How many fragments the longest datagram takes where packets have room for `room` bytes of payload.
    private func fragments(through room: Int) -> Int {
        // A fragment carries what the packet leaves beside its header, in whole eights (RFC 791, section 3.2).
        let part = max(8, (room + 8) / 8 * 8)
        return (topic.largestDatagramBytes + 8 + part - 1) / part
    }

    /// The same on links of 1,500 bytes, which most networks have somewhere whatever the first link takes.
    private var fragmentsOnEthernet: Int {
        topic.mayFragment ? fragments(through: 1_500 - (rooms.keys.map(\.datagramHeaderBytes).max() ?? 28)) : 1
    }

    private var tried: [Finding] {
        switch trying {
        case .not(let reason): [.ok("path", "not tried: \(reason)")]
        case .done(let outcomes): findings(outcomes)
        }
    }

    private func findings(_ outcomes: [PathProbe.Destination: PathProbe.Outcome]) -> [Finding] {
        let bytes = topic.largestDatagramBytes
        let sorted = outcomes.filter { $0.key.payloadBytes == bytes && addresses.contains($0.key.address) }
            .sorted { $0.key.address < $1.key.address }
        guard !sorted.isEmpty else { return [.ok("path", "not tried: \(reasonForNone)")] }
        var groups: [PathProbe.Outcome: [IPAddress]] = [:]
        for (destination, outcome) in sorted { groups[outcome, default: []].append(destination.address) }
        let all = sorted.count < addresses.count ? " (\(sorted.count) of \(addresses.count.grouped) were tried)" : ""
        let findings = groups.sorted { $0.value[0] < $1.value[0] }.compactMap { outcome, some in
            finding(outcome, some, of: sorted.count, bytes, isAlone: groups.count == 1, all)
        }
        return findings.sorted { $0.level == .ok && $1.level != .ok }
    }

    /// Why no address of the topic was tried although others may have been.
    private var reasonForNone: String {
        let open = addresses.filter { if case .open = routes[$0] { true } else { false } }
        if open.isEmpty { return "no route leads to an address" }
        return open.allSatisfy(\.isMulticast)
            ? "nobody answers for a multicast group" : "the addresses of other topics came first"
    }

    private func finding(
        _ outcome: PathProbe.Outcome, _ some: [IPAddress], of count: Int, _ bytes: Int, isAlone: Bool, _ remark: String
    ) -> Finding? {
        let share = Wording.share(some.count, of: count, "address") + remark
        let list = Wording.list(some)
        switch outcome {
        case .arrived: return .ok("path", "a datagram of \(bytes.grouped) bytes got to \(share)")
        // The finding about the routes has said so.
        case .tooLarge(_, nil): return nil
        case .tooLarge(let mtu, let router?):
            let room = mtu - some[0].datagramHeaderBytes
            return .bad(
                "path",
                "on the way to \(list), \(router) lets packets of \(mtu.grouped) bytes through: \(noun) of more than "
                    + "\(room.grouped) do not arrive, and the topic allows \(topic.largestDatagramBytes.grouped)",
                advice: advice(toFit: room))
        case .onlyShortArrives where topic.mayFragment:
            return .bad(
                "path", "datagrams of \(bytes.grouped) bytes vanish on the way to \(list), and short ones arrive",
                advice: "their fragments do not get through: let every firewall on the way pass fragments, or set "
                    + "\(key)=\(TopicConfiguration.unfragmentedBytes) or less")
        case .onlyShortArrives:
            return .bad(
                "path", "datagrams of \(bytes.grouped) bytes vanish on the way to \(list), and short ones arrive",
                advice: "a link on the way has a smaller MTU and keeps silent: let ICMP \"fragmentation needed\" pass "
                    + "(ICMPv6 \"packet too big\"), or lower \(key) until this gets through")
        case .unreachable(ECONNREFUSED, let router?), .unreachable(EACCES, let router?):
            return .warn(
                "path", "\(router) turns away what goes to \(list)",
                advice: "a firewall or NetworkPolicy does not let this port pass; whether it lets the topic's pass is "
                    + "not known")
        case .unreachable(EPERM, nil), .unreachable(ECONNREFUSED, nil):
            return .warn(
                "path", "this machine's own firewall turns away what goes to \(list)",
                advice: "it does not let this port out; whether it lets the topic's out is not known: "
                    + "nft list ruleset, iptables -S OUTPUT")
        case .unreachable(let code, let router):
            return .bad(
                "path", "\(list): \(ErrorNumber(code)), says \(router.map(\.description) ?? "this machine")",
                advice: "the pod is gone, or its node or the way there is down: "
                    + "kubectl get pods -A -o wide | grep -F \(some[0])")
        case .silent where isAlone:
            return .ok(
                "path",
                "no word from \(share), as where a NetworkPolicy or a firewall drops the ports 33434 to 33436: more than "
                    + "the routes say is not known")
        case .silent:
            return .warn(
                "path", "no word from \(list), while others answer",
                advice: "dead, or behind a NetworkPolicy that drops; status shows whether its datagrams fail")
        }
    }

    private func advice(toFit room: Int) -> String {
        let packet = topic.largestDatagramBytes + (addresses.map(\.datagramHeaderBytes).max() ?? 0)
        return "set \(key)=\(room), or let the network take packets of \(packet) bytes"
    }
}
