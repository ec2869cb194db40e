import Endpoints
import Glibc

/// Tries whether datagrams of a size reach addresses, without reaching any program there.
///
/// Don't-fragment datagrams go to ports from 33434 on, where by custom nobody listens (traceroute(8)): when the address
/// itself answers "port unreachable", a datagram of this size has arrived. Whoever is silent for a second is sent
/// another, and a short one: if that alone arrives, it is the size that does not.
package struct PathProbe: ~Copyable {
    package struct Target: Hashable, Sendable {
        package var address: IPAddress
        package var payloadBytes: Int

        package init(address: IPAddress, payloadBytes: Int) {
            self.address = address
            self.payloadBytes = payloadBytes
        }

        fileprivate var packetBytes: Int { payloadBytes + address.datagramHeaderBytes }
    }

    package enum Outcome: Hashable, Sendable {
        /// The address said that the datagram had come.
        case arrived
        /// Packets of more than `mtu` bytes do not get there; `by` said so, this kernel itself if nil.
        case tooLarge(mtu: Int, by: IPAddress?)
        /// The errno, and who reported it; this kernel itself if nil.
        case unreachable(Int32, by: IPAddress?)
        /// Short datagrams arrive, and two of this size have vanished.
        case onlyShortArrives
        /// Nothing was said: dropped on the way, or the address does not say.
        case silent
    }

    private let socket: UDPSocket
    private let ports: [UInt16]
    private var targets: Set<Target> = []
    private var sizes: [Int] = []
    private var outcomes: [Target: Outcome] = [:]

    /// - Parameters:
    ///   - source: the address that datagrams come from; nil leaves the choice to routing.
    ///   - avoided: ports that somebody is known to listen at.
    package init(source: IPAddress? = nil, avoiding avoided: Set<UInt16> = []) throws(DatagramError) {
        socket = try UDPSocket(source: source.map { Endpoint(address: $0, port: 0) })
        ports = (33_434...34_434).filter { !avoided.contains($0) }
    }

    /// Sends to every target at once and waits for what comes back, at most `limit`.
    ///
    /// 3.2 s, because the kernel takes 3 s to give an address up that nobody on the network has.
    package mutating func run(_ targets: Set<Target>, limit: Duration = .milliseconds(3_200)) -> [Target: Outcome] {
        self.targets = targets
        sizes = Set(targets.map(\.payloadBytes)).sorted()
        outcomes = [:]
        let start = ContinuousClock.now
        for target in targets { send(.first, to: target) }
        collect(until: start + min(.seconds(1), limit / 2))
        for target in unsettled {
            send(.second, to: target)
            send(.short, to: target)
        }
        collect(until: start + limit)
        for target in targets where outcomes[target] == nil { outcomes[target] = .silent }
        return outcomes
    }

    /// The datagrams for one target. Each has a port of its own, in case somebody listens at one after all.
    private enum Attempt: Int {
        case first
        case second
        case short
    }

    private var unsettled: [Target] {
        targets.filter { outcomes[$0] == nil || outcomes[$0] == .onlyShortArrives }
    }

    private func port(of attempt: Attempt, for target: Target) -> UInt16 {
        let index = sizes.firstIndex(of: target.payloadBytes) ?? 0
        return ports[(3 * index + attempt.rawValue) % ports.count]
    }

    private mutating func send(_ attempt: Attempt, to target: Target) {
        let bytes = [UInt8](repeating: UInt8(ascii: "."), count: attempt == .short ? 1 : target.payloadBytes)
        let endpoint = Endpoint(address: target.address, port: port(of: attempt, for: target))
        var code: Int32?
        // An error reported of an earlier datagram fails one send, whoever that is for.
        for _ in 0..<3 {
            code = socket.send(bytes.span.bytes, to: endpoint)
            guard code != nil else { return }
            drain()
            if outcomes[target] != nil { return }
        }
        if let code, code != EAGAIN { outcomes[target] = .unreachable(code, by: nil) }
    }

    private mutating func collect(until deadline: ContinuousClock.Instant) {
        drain()
        while !unsettled.isEmpty {
            let left = deadline - .now
            guard left > .zero else { return }
            let (seconds, attoseconds) = left.components
            // Errors are reported whatever is waited for.
            var wait = pollfd(fd: socket.descriptor, events: 0, revents: 0)
            poll(&wait, 1, Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1))
            drain()
        }
    }

    private mutating func drain() {
        while let report = socket.nextReport() { note(report) }
    }

    /// Whether this machine has `address`: it reports in its own name that nobody on the network has another.
    private static func isOwn(_ address: IPAddress) -> Bool {
        (try? UDPSocket(source: Endpoint(address: address, port: 0))) != nil
    }

    private mutating func note(_ report: SocketReport) {
        for target in unsettled where target.address == report.endpoint.address {
            switch report.code {
            case EMSGSIZE:
                if let mtu = report.mtu, mtu < target.packetBytes {
                    outcomes[target] = .tooLarge(mtu: mtu, by: report.reporter)
                }
            case ECONNREFUSED where report.reporter == target.address:
                switch report.endpoint.port {
                case port(of: .first, for: target), port(of: .second, for: target): outcomes[target] = .arrived
                case port(of: .short, for: target): outcomes[target] = .onlyShortArrives
                default: break
                }
            default:
                let router = report.reporter.flatMap { Self.isOwn($0) ? nil : $0 }
                outcomes[target] = .unreachable(report.code, by: router)
            }
        }
    }
}
