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
    private let patience: Duration

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
        patience = configuration.timeout * (1 << tries - 1)
    }

    /// Asks `question`; calls `completion` once, possibly before this returns.
    ///
    /// A nameserver that fails, refuses, stays silent or answers unusably leads to the next one.
    func ask(_ question: DNSQuestion, completion: @escaping (Reply) -> Void) {
        ask(question, passed: [], completion: completion)
    }

    private func ask(_ question: DNSQuestion, passed faults: [String], completion: @escaping (Reply) -> Void) {
        guard faults.count < servers.count else {
            return completion(.unknown(faults.isEmpty ? "no nameserver" : faults.joined(separator: "; ")))
        }
        let index = (preferred + faults.count) % servers.count
        ask(question, of: servers[index]) { [self] result in
            switch result {
            case .success(let reply):
                preferred = index
                completion(reply)
            case .failure(let fault):
                ask(question, passed: faults + [fault.text], completion: completion)
            }
        }
    }

    private struct Fault: Error {
        var text: String
    }

    /// Asks over UDP, and again over TCP when that answer was cut.
    private func ask(
        _ question: DNSQuestion, of server: Nameserver, completion: @escaping (Result<Reply, Fault>) -> Void
    ) {
        server.udp.ask(question) { [self] result in
            let reading = read(result, as: question, from: server, over: .udp)
            guard reading.isCut else { return completion(reading.reply) }
            server.tcp.ask(question) { [self] result in
                let second = read(result, as: question, from: server, over: .tcp)
                // Why the answer over UDP was not enough belongs to the reason.
                let first = if case .failure(let fault) = reading.reply { fault.text } else { "truncated answer" }
                completion(second.reply.mapError { Fault(text: "\(first); \($0.text)") })
            }
        }
    }

    private func read(
        _ result: Result<[UInt8], AresChannel.Failure>, as question: DNSQuestion, from server: Nameserver,
        over transport: AresChannel.Transport
    ) -> (reply: Result<Reply, Fault>, isCut: Bool) {
        switch result {
        case .failure(let failure):
            return (.failure(Fault(text: text(of: failure, server, transport))), false)
        case .success(let bytes):
            do throws(DNSFault) {
                let message = try DNSMessage(bytes)
                let answer = try message.answer(to: question)
                return (.success(.answer(answer, isTruncated: message.isTruncated)), message.isTruncated)
            } catch {
                // c-ares cuts a datagram longer than was offered, without a word.
                let isCut = if case .malformed = error { true } else { false }
                return (.failure(Fault(text: "\(error) from \(server.endpoint)")), isCut)
            }
        }
    }

    private func text(
        of failure: AresChannel.Failure, _ server: Nameserver, _ transport: AresChannel.Transport
    ) -> String {
        switch failure {
        case .timedOut: "no answer from \(server.endpoint) over \(transport.rawValue) within \(patience.text)"
        case .unreachable: "\(server.endpoint) refuses or closes \(transport.rawValue) connections"
        case .closed: "shut down"
        case .other(let text): "\(text), asking \(server.endpoint)"
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
