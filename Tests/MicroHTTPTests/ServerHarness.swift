import Clocks
import Endpoints
import Glibc
import MicroHTTP
import Testing

/// A server on a free port of loopback, a service that does as a test says, and the loop that drives both ends by hand.
///
/// The server's clock stands still unless a test moves ``now``.
final class ServerHarness {
    let server: HTTPServer
    let service: TestService
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var clients: [RawClient] = []

    init(
        listening text: String = "127.0.0.1:0", limits: HTTPLimits = HTTPLimits(), watching: [WatchedHeader] = [],
        answering answer: @escaping (Exchange) -> Void = {
            $0.respond(HTTPResponse(status: 200, body: Array("ok\n".utf8)))
        },
        rule: @escaping (Exchange) -> BodyRule = { _ in .accept(upTo: 1_232) }
    ) throws {
        allowManyDescriptors()
        service = TestService(rule: rule, answer: answer)
        let endpoint = try #require(Endpoint(text))
        server = try HTTPServer(
            listening: ListeningSocket(on: endpoint), limits: limits, watching: watching, service: service, at: now)
    }

    deinit {
        server.stop()
    }

    func connect() -> RawClient {
        let client = RawClient(to: server.endpoint)
        clients.append(client)
        return client
    }

    /// Sends `text` on a new connection.
    func send(_ text: String) -> RawClient {
        let client = connect()
        client.send(text)
        return client
    }

    /// Sends `text` on a new connection and returns the first answer that is not an interim one.
    func answer(to text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Answer {
        let client = send(text)
        run(sourceLocation) { client.answers().contains { $0.status >= 200 } || client.isClosed }
        return try #require(client.answers().first { $0.status >= 200 }, sourceLocation: sourceLocation)
    }

    /// Polls the server and moves the clients until `isDone`; fails the test after ten seconds.
    func run(_ sourceLocation: SourceLocation = #_sourceLocation, until isDone: () -> Bool) {
        let limit = Instant.now + .seconds(10)
        while true {
            for client in clients { client.move() }
            if isDone() { return }
            if Instant.now > limit {
                Issue.record("nothing happens any more", sourceLocation: sourceLocation)
                return
            }
            step()
        }
    }

    /// Polls as a loop does that knows nothing but the server's descriptor and its deadline; fails after ten seconds.
    ///
    /// The server's clock moves on with the deadlines.
    func runWhenDue(_ sourceLocation: SourceLocation = #_sourceLocation, until isDone: () -> Bool) {
        let limit = Instant.now + .seconds(10)
        while true {
            for client in clients { client.move() }
            if isDone() { return }
            if Instant.now > limit {
                Issue.record("nothing happens any more", sourceLocation: sourceLocation)
                return
            }
            var entry = pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&entry, 1, 20) == 0 {
                guard let deadline = server.nextDeadline(after: now) else { continue }
                now = max(now, deadline)
            }
            server.poll(at: now)
        }
    }

    /// Waits briefly, as a loop would, and polls once.
    func step() {
        let isDue = server.nextDeadline(after: now).map { $0 <= now } ?? false
        var entry = pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)
        // Clients have no descriptors here, so the wait is a short one.
        Glibc.poll(&entry, 1, isDue ? 0 : 2)
        server.poll(at: now)
    }

    /// Polls until the server has nothing left to do for now.
    func settle() {
        repeat {
            for client in clients { client.move() }
            var entry = pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)
            let isReady = Glibc.poll(&entry, 1, 20) > 0
            server.poll(at: now)
            for client in clients { client.move() }
            if !isReady, server.nextDeadline(after: now).map({ $0 > now }) ?? true { return }
        } while true
    }
}

/// Does what a test's closures say and remembers what it was asked.
final class TestService: HTTPService {
    var rule: (Exchange) -> BodyRule
    var answer: (Exchange) -> Void
    private(set) var faults: [HTTPFault] = []
    /// The status of every answer, in order.
    private(set) var answered: [Int] = []
    private(set) var seen: [WeakExchange] = []
    var suspended: [Exchange] = []

    init(rule: @escaping (Exchange) -> BodyRule, answer: @escaping (Exchange) -> Void) {
        self.rule = rule
        self.answer = answer
    }

    /// Exchanges that still exist, wherever they are held.
    var liveCount: Int { seen.count { $0.exchange != nil } }

    func bodyRule(for exchange: Exchange) -> BodyRule {
        seen.append(WeakExchange(exchange: exchange))
        return rule(exchange)
    }

    func respond(to exchange: Exchange) { answer(exchange) }

    func response(to fault: HTTPFault, for exchange: Exchange) -> HTTPResponse {
        faults.append(fault)
        return HTTPResponse(status: fault.status, contentType: "text/plain", body: Array("\(fault)\n".utf8))
    }

    func answered(_ exchange: Exchange, with status: Int) { answered.append(status) }

    /// Makes every request wait in ``suspended``.
    func suspendAll() {
        answer = { [unowned self] exchange in
            if exchange.suspend() {
                suspended.append(exchange)
            } else {
                exchange.respond(HTTPResponse(status: 503))
            }
        }
    }

    func answerSuspended(_ body: String = "ok\n") {
        for exchange in suspended { exchange.respond(HTTPResponse(status: 201, body: Array(body.utf8))) }
        suspended = []
    }
}

struct WeakExchange {
    weak var exchange: Exchange?
}

/// Lets tests with a thousand connections open both ends.
func allowManyDescriptors() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

func get(_ target: String, _ headers: String = "") -> String {
    "GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n"
}

func post(_ target: String, _ body: String, _ headers: String = "") -> String {
    "POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}
