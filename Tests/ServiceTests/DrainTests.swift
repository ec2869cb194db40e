import Clocks
import Endpoints
import Glibc
import Logging
import MicroHTTP
import Service
import Testing

/// Requests that come while a server is told to end.
struct DrainTests {
    /// Notes the phase in which each request came.
    private final class PhaseService: HTTPService {
        let drain: Drain
        var phases: [Drain.Phase] = []

        init(_ drain: Drain) { self.drain = drain }

        func bodyRule(for exchange: Exchange) -> BodyRule { .accept(upTo: 0) }

        func respond(to exchange: Exchange) {
            phases.append(drain.phase)
            exchange.respond(HTTPResponse(status: 200, body: []))
        }

        func response(to fault: HTTPFault, for exchange: Exchange) -> HTTPResponse {
            HTTPResponse(status: 400, body: [])
        }
    }

    private let now = Instant(nanoseconds: 1_000_000_000_000)
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `a request in the moment of its end is answered, and may ask for the phase`() throws {
        let drain = Drain(delay: .zero, timeout: .seconds(10))
        let service = PhaseService(drain)
        let server = try HTTPServer(
            listening: ListeningSocket(on: Endpoint(address: .loopback, port: 0)), limits: HTTPLimits(),
            service: service, at: now)
        defer { server.stop() }
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(client) }
        try #require(SocketAddress(server.endpoint).withPointer { connect(client, $0, $1) } == 0)
        let request = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
        try #require(send(client, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try #require(write(ends[1], [15], 1) == 1)
        drain.readStop(ends[0], of: server, at: now, logger)
        // Nobody has polled: the connection is taken and served within this step.
        let isFirstStepLast = drain.advance(server, at: now, logger, isFinished: { true }, giveUp: {})
        #expect(service.phases == [.leaving(until: now)])
        #expect(isFirstStepLast || drain.advance(server, at: now, logger, isFinished: { true }, giveUp: {}))
        #expect(drain.phase == .finishing(until: now + .seconds(10)))
    }
}
