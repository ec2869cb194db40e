import Clocks
import Endpoints
import FanOut
import Resolving

/// What an answer holds, whether it came whole, and how long it lives.
struct AnswerCheck {
    let facts: LookupFacts

    var findings: [Finding] { [records, size, lifetime].compactMap { $0 } }

    private var records: Finding? {
        guard let endpoints = facts.found?.endpoints else { return nil }
        let ipv4 = endpoints.count { $0.endpoint.address.isIPv4 }
        let counts = [(ipv4, "A"), (endpoints.count - ipv4, "AAAA")].filter { $0.0 > 0 }
            .map { Wording.count($0.0, "\($0.1) record") }.joined(separator: " and ")
        if case .named = facts.request.port {
            let services = facts.answer?.answer.records[.srv] ?? 0
            let names = endpoints.compactMap(\.name)
            let pods = names.isEmpty ? "the pods have no names of their own" : "pods \(Wording.list(names))"
            return .ok("records", "\(Wording.count(services, "SRV record")) with \(counts); \(pods)")
        }
        guard facts.request.family == .auto, case .complete(let others, _) = facts.aside, ipv4 > 0 else {
            return .ok("records", counts)
        }
        return .ok(
            "records", "\(counts); \(others.count.grouped) AAAA not used: family=auto takes IPv4 where there is any")
    }

    private var size: Finding? {
        let answers = facts.exchanges.compactMap { exchange -> (transport: DNSTransport, answer: DNSExchange.Answer)? in
            if case .answered(let answer) = exchange.outcome { (exchange.transport, answer) } else { nil }
        }
        guard let largest = answers.max(by: { $0.answer.byteCount < $1.answer.byteCount }) else { return nil }
        let isCut = answers.contains { $0.transport == .udp && $0.answer.isTruncated }
        let size = Wording.count(largest.answer.byteCount, "byte")
        switch facts.result {
        case .truncated(let endpoints, _):
            return .warn(
                "answer",
                "cut even over TCP, after \(Wording.count(endpoints.count, "endpoint")): the rest is not known",
                advice: "the gateway only adds from such answers and removes nobody; split the Service, about 4,000 "
                    + "pods each")
        case .unknown where isCut:
            return .bad(
                "answer", "cut over UDP, and TCP failed: \(facts.failures.last?.failure ?? "no answer in time")",
                advice: "let port 53 through over TCP as well as UDP, in NetworkPolicies (on OpenShift 5353, where its "
                    + "DNS pods listen), firewalls and the DNS server")
        case .complete where isCut: return .ok("answer", "cut over UDP, whole over TCP: \(size)")
        case .complete: return .ok("answer", "whole over \(largest.transport): \(size)")
        case .negative, .unknown: return nil
        }
    }

    private var lifetime: Finding? {
        guard let timeToLive = facts.found?.timeToLive else { return nil }
        let settings = MembershipSettings()
        let interval = max(settings.shortestInterval, min(timeToLive, settings.longestInterval))
        let asks = "\(timeToLive.text): the gateway asks every \(interval.text)"
        guard timeToLive > settings.longestInterval else {
            return .ok("ttl", "\(asks), and finds a new pod that soon after DNS lists it")
        }
        return .warn(
            "ttl",
            "\(asks), but a cache on the way (NodeLocal DNSCache, CoreDNS's cache) may hide a new pod for "
                + "\(timeToLive.text), also from Cache-Control: no-cache",
            advice: "set ttl 5 in the kubernetes block of CoreDNS's Corefile, or make sure that nobody caches its zone")
    }
}
