import Endpoints
import Glibc
import Requesting
import Testing

@testable import headcast

struct DemoTests {
    /// What a demo showed.
    private final class Screen {
        var text = ""
    }

    private func demo(
        subscribers count: Int, served: Int, on screen: Screen
    ) async throws -> Demo {
        let subscribers = try DemoSubscribers(count: count)
        let gateway = try await DemoGateway.start(for: Array(subscribers.endpoints.prefix(served)))
        return try Demo(gateway: gateway, subscribers: subscribers, http: try HTTPClient(agent: "test")) {
            screen.text += $0
        }
    }

    @Test func `every subscriber shows every message, under its receipt`() async throws {
        let screen = Screen()
        let demo = try await demo(subscribers: 2, served: 2, on: screen)
        let showing = try await demo.showThreeMessages()
        await demo.gateway.stop()
        #expect(showing == .complete)
        for message in Demo.messages {
            for endpoint in demo.subscribers.endpoints {
                let lines = screen.text.split(separator: "\n").filter { $0.contains("\(endpoint) ") }
                #expect(lines.count { $0.hasSuffix(" \(message)") } == 1)
            }
        }
        #expect(screen.text.contains(", sequence 3 of topic demo\n"))
    }

    @Test func `a message that one subscriber does not receive is noticed`() async throws {
        let screen = Screen()
        var demo = try await demo(subscribers: 2, served: 1, on: screen)
        demo.patience = .milliseconds(50)
        let showing = try await demo.showThreeMessages()
        await demo.gateway.stop()
        #expect(showing == .incomplete)
        #expect(screen.text.split(separator: "\n").count { $0.hasSuffix(" NOTHING") } == Demo.messages.count)
    }

    @Test func `the curl line names the port that is served`() async throws {
        let screen = Screen()
        let demo = try await demo(subscribers: 1, served: 1, on: screen)
        try demo.showWhatToTry(isServing: true)
        await demo.gateway.stop()
        #expect(screen.text.contains("  curl -d hello http://\(demo.gateway.endpoint)/publish/demo\n"))
        #expect(demo.gateway.endpoint.port != 0)
    }

    @Test func `two demos at a time take different ports`() async throws {
        let screen = Screen()
        let first = try await demo(subscribers: 1, served: 1, on: screen)
        let second = try await demo(subscribers: 1, served: 1, on: screen)
        #expect(first.gateway.endpoint != second.gateway.endpoint)
        await first.gateway.stop()
        await second.gateway.stop()
    }

    private func recordingDemo(stop: Int32 = -1, on screen: Screen) async throws -> Demo {
        let subscribers = try DemoSubscribers(count: 3, stop: stop)
        let gateway = try await DemoGateway.start(for: subscribers.endpoints, isEnveloped: true)
        return try Demo(
            gateway: gateway, subscribers: subscribers, recorder: try await DemoRecorder.start(),
            http: try HTTPClient(agent: "test")
        ) { screen.text += $0 }
    }

    @Test func `a datagram from elsewhere has no answer, and the demo goes on`() async throws {
        let screen = Screen()
        let demo = try await recordingDemo(on: screen)
        let socket = try DatagramSocket(binding: Endpoint(address: .loopback, port: 0))
        let address = SocketAddress(demo.subscribers.endpoints[0])
        #expect(address.withPointer { sendto(socket.descriptor, "raw", 3, 0, $0, $1) } == 3)
        #expect(try await demo.showThreeMessages() == .complete)
        await demo.stop()
        #expect(screen.text.contains(" raw\n"))
        #expect(screen.text.contains(" not answered: it has no id"), "\(screen.text)")
    }

    @Test func `a demo that is told to stop waits for nothing`() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(write(ends[1], "x", 1) == 1)
        var demo = try await recordingDemo(stop: ends[0], on: Screen())
        demo.patience = .seconds(1_000)
        #expect(try await demo.showThreeMessages() == .stopped)
        try await demo.showArrivals()
        await demo.stop()
    }

    @Test func `with a recorder every message is one record, with an answer of each subscriber`() async throws {
        let screen = Screen()
        let demo = try await recordingDemo(on: screen)
        try demo.showWhereEverythingIs()
        let showing = try await demo.showThreeMessages()
        await demo.stop()
        #expect(showing == .complete)
        for message in Demo.messages {
            let text = #"state "\#(message)", 3 answers, the first from 127.0.0."#
            #expect(screen.text.contains(text), "\(screen.text)")
        }
    }
}
