import Clocks
import Endpoints
import Glibc

/// Asks one question of the configured nameservers until one of them knows.
///
/// Confined to the resolver's thread.
final class Nameservers {
    private struct Nameserver {
        let endpoint: Endpoint
        let udp: AresChannel
        let tcp: AresChannel
    }

    private let servers: [Nameserver]

    /// The one that answered last; a dead one ahead of it would delay every question.
    private var preferred = 0

    init(_ configuration: ResolverConfiguration) throws(ResolvingError) {
        var servers: [Nameserver] = []
        let tries = configuration.triesPerNameserver
        for endpoint in configuration.nameservers.prefix(3) {
            let timeout = configuration.timeout
            servers.append(
                Nameserver(
                    endpoint: endpoint,
                    udp: try AresChannel(endpoint, over: .udp, timeout: timeout, tries: tries),
                    // TCP repeats lost segments itself: one try, as long as all those over UDP.
                    tcp: try AresChannel(endpoint, over: .tcp, timeout: timeout * (1 << tries - 1), tries: 1)))
        }
        self.servers = servers
    }

    /// Asks `question`; calls `completion` once, possibly before this returns.
    ///
    /// A nameserver that fails, refuses, stays silent or answers unusably leads to the next one. `observer` is told of
    /// each of them before `completion` is called.
    func ask(_ question: DNSQuestion, observer: LookupObserver? = nil, completion: @escaping (Reply) -> Void) {
        ask(question, from: preferred, passed: [], observer, completion: completion)
    }

    private func ask(
        _ question: DNSQuestion, from first: Int, passed faults: [String], _ observer: LookupObserver?,
        completion: @escaping (Reply) -> Void
    ) {
        guard faults.count < servers.count else {
            return completion(.unknown(faults.isEmpty ? "no nameserver" : faults.joined(separator: "; ")))
        }
        let index = (first + faults.count) % servers.count
        ask(question, of: servers[index], observer) { [self] result in
            switch result {
            case .success(let reply):
                preferred = index
                completion(reply)
            case .failure(let fault):
                ask(question, from: first, passed: faults + [fault.text], observer, completion: completion)
            }
        }
    }

    private struct Fault: Error {
        var text: String
    }

    /// Asks over UDP, and again over TCP when that answer was cut.
    private func ask(
        _ question: DNSQuestion, of server: Nameserver, _ observer: LookupObserver?,
        completion: @escaping (Result<Reply, Fault>) -> Void
    ) {
        ask(question, over: server.udp, from: server.endpoint, observer) { [self] first, isCut in
            guard isCut else { return completion(first) }
            // Why the answer over UDP was not enough belongs to the reason.
            let cause = if case .failure(let fault) = first { fault.text } else { "truncated answer" }
            ask(question, over: server.tcp, from: server.endpoint, observer) { second, _ in
                completion(second.mapError { Fault(text: "\(cause); \($0.text)") })
            }
        }
    }

    /// Asks over one transport; `completion` also learns whether the answer was cut.
    private func ask(
        _ question: DNSQuestion, over channel: AresChannel, from endpoint: Endpoint, _ observer: LookupObserver?,
        completion: @escaping (Result<Reply, Fault>, Bool) -> Void
    ) {
        let start = ContinuousClock.now
        /// Costs nothing unless somebody observes.
        func tell(_ outcome: @autoclosure () -> DNSExchange.Outcome) {
            observer?(
                DNSExchange(
                    question: question, nameserver: endpoint, transport: channel.transport,
                    time: ContinuousClock.now - start, outcome: outcome()))
        }
        channel.ask(question) { result in
            switch result {
            case .failure(let failure):
                tell(DNSExchange.Outcome(failure))
                let reason =
                    switch failure {
                    case .timedOut:
                        "no answer from \(endpoint) over \(channel.transport) within \((ContinuousClock.now - start).text)"
                    case .unreachable: "\(endpoint) refuses or closes \(channel.transport) connections"
                    case .closed: Resolver.shutDownReason
                    case .other(let text): "\(text), asking \(endpoint)"
                    }
                completion(.failure(Fault(text: reason)), false)
            case .success(let bytes):
                do throws(DNSFault) {
                    let message = try DNSMessage(bytes)
                    let answer = try message.answer(to: question)
                    tell(.answered(DNSExchange.Answer(message, byteCount: bytes.count)))
                    completion(.success(.answer(answer, isTruncated: message.isTruncated)), message.isTruncated)
                } catch {
                    tell(DNSExchange.Outcome(error, of: bytes))
                    // c-ares cuts a datagram longer than was offered, without a word.
                    let isCut = if case .malformed = error { true } else { false }
                    completion(.failure(Fault(text: "\(error) from \(endpoint)")), isCut)
                }
            }
        }
    }

    /// Completes every open question as unknown; nothing can be asked afterwards.
    func close() {
        for server in servers {
            server.udp.close()
            server.tcp.close()
        }
    }

    func appendDescriptors(to descriptors: inout [pollfd]) {
        for channel in channels { channel.appendDescriptors(to: &descriptors) }
    }

    func wait(atMost limit: Duration) -> Duration {
        channels.reduce(limit) { $1.wait(atMost: $0) }
    }

    /// Takes what poll(2) found for the descriptors that were appended, and whatever is due by time.
    func process(_ descriptors: ArraySlice<pollfd>) {
        for descriptor in descriptors where descriptor.revents != 0 {
            // A channel ignores descriptors that are not its own.
            for channel in channels { channel.process(descriptor) }
        }
        for channel in channels { channel.processTimeouts() }
    }

    private var channels: [AresChannel] { servers.flatMap { [$0.udp, $0.tcp] } }
}
