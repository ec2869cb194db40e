import Endpoints
import Glibc

/// Tries whether datagrams of a size reach addresses, without reaching any program there.
///
/// Don't-fragment datagrams go to ports from 33434 on, where by custom nobody listens (traceroute(8)): when the address
/// itself answers "port unreachable", a datagram of this size has arrived. Whoever is silent for a second is sent
/// another, and a short one: if that alone arrives, it is the size that does not.
package struct PathProbe: Sendable {
    package struct Destination: Hashable, Sendable {
        package var address: IPAddress
        package var payloadBytes: Int

        package init(address: IPAddress, payloadBytes: Int) {
            self.address = address
            self.payloadBytes = payloadBytes
        }
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

    /// All that is ever sent to: firewalls must open no more than these.
    package static let ports: ClosedRange<UInt16> = 33_434...33_436

    private let source: IPAddress?
    private let ports: ProbePorts?

    /// - Parameters:
    ///   - source: the address that datagrams come from; nil leaves the choice to routing.
    ///   - avoided: ports that somebody is known to listen at; nothing can be tried if all are.
    package init(source: IPAddress? = nil, avoiding avoided: Set<UInt16> = []) {
        self.source = source
        ports = ProbePorts(Self.ports.filter { !avoided.contains($0) })
    }

    /// Whether a port is left to try.
    package var isPossible: Bool { ports != nil }

    /// Sends to every destination at once and waits for what comes back, at most `limit`.
    ///
    /// 3.2 s, because the kernel takes 3 s to give an address up that nobody on the network has. Opens a socket for each
    /// size, since that is how the answers are told apart.
    package func run(
        _ destinations: Set<Destination>, limit: Duration = .milliseconds(3_200)
    ) throws(DatagramError) -> [Destination: Outcome] {
        guard let ports else { return [:] }
        var trials: [PathTrial] = []
        for (bytes, some) in Dictionary(grouping: destinations, by: \.payloadBytes) {
            trials.append(try PathTrial(of: some.map(\.address), payloadBytes: bytes, from: source, to: ports))
        }
        let start = ContinuousClock.now
        for trial in trials { trial.begin() }
        Self.collect(trials, until: start + min(.seconds(1), limit / 2))
        for trial in trials { trial.repeatUnanswered() }
        Self.collect(trials, until: start + limit)
        var outcomes: [Destination: Outcome] = [:]
        for trial in trials {
            for (address, outcome) in trial.outcomes {
                outcomes[Destination(address: address, payloadBytes: trial.payloadBytes)] = outcome
            }
        }
        for destination in destinations where outcomes[destination] == nil { outcomes[destination] = .silent }
        return outcomes
    }

    private static func collect(_ trials: [PathTrial], until deadline: ContinuousClock.Instant) {
        for trial in trials { trial.drain() }
        while case let open = trials.filter({ !$0.unsettled.isEmpty }), !open.isEmpty {
            let left = deadline - .now
            guard left > .zero else { return }
            let (seconds, attoseconds) = left.components
            // Errors are reported whatever is waited for.
            var waits = open.map { pollfd(fd: $0.descriptor, events: 0, revents: 0) }
            poll(&waits, nfds_t(waits.count), Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1))
            for trial in open { trial.drain() }
        }
    }
}
