import Datagrams
import Endpoints
import ErrorNumbers
import Gateway
import Glibc
import Resolving

/// Whether this machine, or pod, gives a gateway with these settings what it needs.
struct MachineCheck {
    let configuration: GatewayConfiguration
    let facts: MachineFacts

    var findings: [Finding] {
        [listen, source].compactMap { $0 } + [descriptors, sendBuffer] + receiveBuffers + [segmentation, ipv6]
            + nameservers
    }

    private var listen: Finding {
        let endpoint = configuration.listen
        switch facts.listening {
        case .free: return .ok("listen", "\(endpoint) is free; no gateway is running there")
        case .gateway(let name): return .ok("listen", "a gateway is running at \(endpoint): \(name)")
        case .refused(let code):
            return .bad(
                "listen", "cannot listen at \(endpoint): \(ErrorNumber(code))",
                advice: code == EADDRINUSE
                    ? "another program has the port, and it is no gateway: ss -ltnp"
                    : code == EACCES
                        ? "ports below 1,024 need a privilege: take 8080" : "is it an address of this machine?")
        }
    }

    private var source: Finding? {
        guard let source = configuration.sendFrom else { return nil }
        guard let code = facts.sourceFault else { return .ok("source", "datagrams can leave from \(source)") }
        if case .gateway(let name) = facts.listening, code == EADDRINUSE {
            return .ok("source", "\(source) is taken, by gateway \(name) most likely")
        }
        return .bad(
            "source", "cannot send from \(source): \(ErrorNumber(code))",
            advice: code == EADDRINUSE
                ? "another program has the port, and no gateway answers at \(configuration.listen): ss -lunp"
                : code == EACCES
                    ? "ports below 1,024 need a privilege: take another, or 0 for a free one"
                    : "is it an address of this machine?")
    }

    private var descriptors: Finding {
        let wanted = configuration.maximumConnections
        let text = "\(facts.descriptorLimit.grouped) at most, for \(wanted.grouped) connections"
        guard facts.descriptorLimit < wanted + Self.ownDescriptors else { return .ok("descriptors", text) }
        return .warn(
            "descriptors", text + " and some of the gateway's own",
            advice: "raise the hard limit (ulimit -Hn, LimitNOFILE=), or set maximumConnections to "
                + "\(max(1, facts.descriptorLimit - Self.ownDescriptors))")
    }

    /// Sockets to send from, DNS, the log's memory and so on.
    private static let ownDescriptors = 128

    private var sendBuffer: Finding {
        // The kernel reports twice what it was asked for.
        let (wanted, granted) = (4 << 20, facts.sendBufferBytes / 2)
        let text = "\(granted.grouped) bytes of the \(wanted.grouped) that a gateway asks for"
        guard granted < Self.goodSendBytes else { return .ok("sending", text) }
        return .warn(
            "sending", "\(text): net.core.wmem_max caps it",
            advice: "large memberships are sent in more steps; on the node: sysctl -w net.core.wmem_max=\(wanted)")
    }

    /// The cap that Linux ships with.
    private static let goodSendBytes = 212_992

    /// What a receiver on a machine like this one holds while its program does not read.
    private var receiveBuffers: [Finding] {
        let sizes = Set(configuration.topics.map(\.largestDatagramBytes)).sorted()
        return sizes.compactMap { size in
            let memory = BufferLimits.memory(ofDatagram: size)
            let (usual, largest) = (
                facts.buffers.defaultReceiveBytes / memory, facts.buffers.largestReceiveBytes / memory
            )
            let burst =
                configuration.topics.filter { $0.largestDatagramBytes == size }.map { $0.burstBytes / size }.max() ?? 0
            let text =
                "a receiver here holds some \(usual.grouped) datagrams of \(size.grouped) bytes, and with SO_RCVBUF "
                + "up to \(largest.grouped)"
            guard usual < max(16, burst) else { return .ok("receiving", text) }
            return .warn(
                "receiving", "\(text); a millisecond may bring it \(max(1, burst).grouped)",
                advice: "receivers should ask for SO_RCVBUF of 4 MiB, which net.core.rmem_max (here "
                    + "\((facts.buffers.largestReceiveBytes / 2).grouped)) caps on their node")
        }
    }

    private var segmentation: Finding {
        facts.takesRuns
            ? .ok("runs", "the kernel takes many datagrams in one send (UDP_SEGMENT)")
            : .warn(
                "runs", "the kernel takes one datagram per send: no UDP_SEGMENT",
                advice: "nothing is lost, bursts only cost more processor time; Linux 4.18 and later have it")
    }

    private var ipv6: Finding {
        guard !facts.hasIPv6, configuration.topics.contains(where: { $0.family == .ipv6 || $0.family == .both }) else {
            return .ok("ipv6", facts.hasIPv6 ? "there" : "not there; IPv4 alone is used")
        }
        return .bad(
            "ipv6", "not there, and a topic has family ipv6 or both",
            advice: "set family=ipv4, or give this machine IPv6")
    }

    private var nameservers: [Finding] {
        guard let resolver = facts.resolver else { return [] }
        let servers = Wording.list(resolver.nameservers)
        guard configuration.resolver == nil else { return [.ok("dns", "\(servers), set as resolver")] }
        let search =
            resolver.searchDomains.isEmpty ? "no search list" : "search \(Wording.list(resolver.searchDomains))"
        return [.ok("dns", "\(servers); \(search); ndots \(resolver.dots), from \(GatewayConfiguration.resolverFile)")]
    }
}
