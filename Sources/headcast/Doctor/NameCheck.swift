import Clocks
import Gateway
import Resolving

/// Whether a topic's name is answered for: by whom, under which name, how soon.
struct NameCheck {
    let facts: LookupFacts

    var findings: [Finding] {
        switch facts.result {
        case .complete, .truncated: [found] + trouble
        case .negative(let reason): [negative(reason)] + trouble
        // An answer that was cut and could not be completed is the matter of another check.
        case .unknown where isCutShort: [.ok("name", "\(facts.answeringName) exists: \(speaker)")]
        case .unknown(let reason): [unknown(reason)]
        }
    }

    private var isCutShort: Bool { facts.answer?.answer.isTruncated == true }

    private var speaker: String {
        facts.answer.map { "\($0.exchange.nameserver) answered in \($0.exchange.time.text)" } ?? "answered"
    }

    private var found: Finding {
        let (name, others) = (facts.answeringName, facts.names.count - 1)
        guard others > 0 else { return .ok("name", "\(name): \(speaker)") }
        let port =
            switch facts.request.port {
            case .number(let number): "\(number)"
            case .named(let word): word
            }
        return .warn(
            "name", "\(name): \(speaker), after \(Wording.count(others, "other name")) of the search list",
            advice: "write dns://\(name).:\(port), with the final dot: one name to ask for, and no other can fail first"
        )
    }

    private func negative(_ reason: String) -> Finding {
        let name = facts.request.name
        switch (facts.request.port, facts.aside) {
        case (.named(let word), .complete(let endpoints, _)):
            return .bad(
                "name",
                "\(name) has \(Wording.count(endpoints.count, "address")), but no UDP port named \(word); \(speaker)",
                advice: "name the port in the Service (name: \(word), protocol: UDP), or give its number: "
                    + "dns://\(name):12000"
            )
        case (.number, _) where !reason.hasPrefix("NXDOMAIN"):
            return .bad(
                "name", "\(reason); \(speaker)",
                advice: "the name exists: does family=\(facts.request.family.rawValue) fit the ipFamilies of the "
                    + "Service, and is it headless (clusterIP: None)?")
        case _ where isShort && facts.completion != .possible:
            let cause =
                facts.completion == .resolverSet
                ? "with a resolver set, search domains are not used"
                : "\(GatewayConfiguration.resolverFile) names no search domains, as it does in a pod"
            return .bad(
                "name", "\(reason); \(speaker)",
                advice: "\(cause): write the whole name, like dns://NAME.NAMESPACE.svc.cluster.local:12000")
        default:
            return .bad(
                "name", "\(reason); \(speaker)",
                advice: "no pod is ready, or name or namespace are wrong; DNS tells neither from the other: \(command)")
        }
    }

    /// Whether search domains would make a Service's name of it: `NAME`, `NAME.NAMESPACE` or `NAME.NAMESPACE.svc`.
    private var isShort: Bool { facts.request.name.last != "." && facts.request.name.count { $0 == "." } < 3 }

    /// What shows the Service and its ready pods.
    private var command: String {
        let labels = facts.request.name.split(separator: ".")
        guard labels.count >= 3, labels[2] == "svc" else { return "kubectl get service,endpointslices -A" }
        return "kubectl -n \(labels[1]) get service,endpointslices"
    }

    private func unknown(_ reason: String) -> Finding {
        .bad("name", reason, advice: facts.failures.last.map(Self.advice) ?? Self.silenceAdvice)
    }

    /// What is remarkable about nameservers although the lookup came to an end.
    private var trouble: [Finding] {
        var findings: [Finding] = []
        if let failure = facts.failures.first {
            let others = facts.failures.count - 1
            let more = others > 0 ? ", and \(Wording.count(others, "more failure")) before the answer" : ""
            findings.append(
                .warn("nameserver", (failure.failure ?? "") + more, advice: Self.advice(on: failure)))
        }
        if let slow = facts.exchanges.filter({ $0.failure == nil }).max(by: { $0.time < $1.time }),
            slow.time > Self.patience
        {
            findings.append(
                .warn(
                    "nameserver", "\(slow.nameserver) answered over \(slow.transport) only after \(slow.time.text)",
                    advice:
                        "DNS here is slow or loses datagrams: changes are seen late, and publishes with no-cache wait"
                ))
        }
        return findings
    }

    /// Unanswered questions are repeated after half a second.
    private static let patience = Duration.milliseconds(450)

    private static let silenceAdvice =
        "nothing came back: is the address right, does a NetworkPolicy keep port 53 from going out (on OpenShift 5353, "
        + "where its DNS pods listen), does the DNS server run? \(pods)"

    private static let pods =
        "kubectl -n kube-system get pods -l k8s-app=kube-dns; on OpenShift: oc -n openshift-dns get pods"

    private static func advice(on failure: DNSExchange) -> String {
        switch failure.outcome {
        case .answered(let answer) where answer.codeName == "SERVFAIL":
            "the DNS server itself failed, as CoreDNS does without the API server: "
                + "kubectl -n kube-system logs -l k8s-app=kube-dns; on OpenShift: oc -n openshift-dns logs ds/dns-default -c dns"
        case .answered:
            "it does not serve this name, or not to this address; is it the cluster's? "
                + "kubectl -n kube-system get service kube-dns; on OpenShift: oc -n openshift-dns get service dns-default"
        case .timedOut: silenceAdvice
        case .unreachable: "no DNS server listens there: is the address right, does the DNS server run? \(pods)"
        case .unusable: "what answers there is no working DNS server; is the address right?"
        }
    }
}
