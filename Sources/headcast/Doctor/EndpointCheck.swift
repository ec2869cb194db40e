import Datagrams
import Endpoints
import ErrorNumbers
import Glibc

/// Whether the endpoints of a topic can be sent to at all, by their addresses and this machine's routes.
struct EndpointCheck {
    let addresses: [IPAddress]
    /// Whether somebody wrote them down, so that what looks odd is meant.
    let isListed: Bool
    let routes: [IPAddress: Route]

    var findings: [Finding] {
        let findings = [loopback, multicast].compactMap { $0 } + closed
        return findings.contains { $0.level == .bad } || addresses.isEmpty
            ? findings : [.ok("endpoints", Wording.count(addresses.count, "address") + ", " + reach)] + findings
    }

    private var reach: String { addresses.count == 1 ? "a route to it" : "a route to each" }

    private var loopback: Finding? {
        let some = addresses.filter { $0.isLoopback || $0.isUnspecified }
        guard !some.isEmpty, !isListed else { return nil }
        return .warn(
            "endpoints", "\(share(some)) on loopback: \(Wording.list(some)); datagrams stay on this machine",
            advice: "DNS should list the pods' own addresses; who made these records?")
    }

    private var multicast: Finding? {
        let some = addresses.filter(\.isMulticast)
        guard !some.isEmpty else { return nil }
        return .warn(
            "endpoints", "\(share(some)) a multicast group: \(Wording.list(some))",
            advice: "list the pods instead: clusters drop multicast, and the gateway cannot tell who receives")
    }

    private var closed: [Finding] {
        var byCode: [Int32: [IPAddress]] = [:]
        for address in addresses {
            if case .closed(let code) = routes[address] { byCode[code, default: []].append(address) }
        }
        return byCode.sorted { $0.key < $1.key }.map { code, some in
            .bad(
                "endpoints", "\(share(some)) without a way: \(Wording.list(some)): \(ErrorNumber(code))",
                advice: Self.advice(on: code, isIPv4: some.allSatisfy(\.isIPv4)))
        }
    }

    private func share(_ some: [IPAddress]) -> String {
        Wording.share(some.count, of: addresses.count, "address") + (some.count == 1 ? " is" : " are")
    }

    private static func advice(on code: Int32, isIPv4: Bool) -> String {
        switch code {
        case EACCES: "this is a broadcast address, or a route forbids it; the gateway sends to single pods only"
        case EADDRNOTAVAIL: "sendFrom is no address of this machine"
        case ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT:
            isIPv4
                ? "no route leads there from here: run the doctor where the gateway runs, in the pods' network"
                : "no IPv6 route leads there from here: set family=ipv4, or give this network IPv6"
        default: "see ip route get ADDRESS"
        }
    }
}
