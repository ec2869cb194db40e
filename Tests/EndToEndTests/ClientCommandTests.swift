import Glibc
import Testing

/// `headcast publish` and `headcast status` against real gateways.
@Suite(.onStage)
struct ClientCommandTests {
    private func gateway(_ topics: String..., listen: String = "127.0.0.1:0", name: String = "gw-1") async throws
        -> Gateway
    {
        try await Gateway.start(topics.flatMap { ["--topic", $0] } + ["--name", name], listen: listen)
    }

    @Test func `publish sends its argument and prints the receipt in a line`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("orders=static://\(subscriber.endpoint)")
        let publish = try await headcast("publish", "orders", "hello", "--gateway", gateway.endpoint)
        #expect(publish.ending == .exited(0), "\(publish.account)")
        #expect(publish.output.hasPrefix("sent to 1 of 1 subscriber: message "), "\(publish.account)")
        #expect(try await subscriber.lines(count: 1)[0]["payload"].string == "hello")
    }

    @Test func `publish sends standard input byte for byte`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("orders=static://\(subscriber.endpoint)")
        for payload in [[], ["-"]] {
            let publish = try await headcast(
                ["publish", "orders"] + payload + ["--gateway", gateway.endpoint], input: "a\n\nb\n")
            #expect(publish.ending == .exited(0), "\(publish.account)")
        }
        #expect(try await subscriber.lines(count: 2).map { $0["payload"].string } == ["a\n\nb\n", "a\n\nb\n"])
    }

    @Test func `publish reaches several topics, with attributes, once for a key`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway(
            "orders=static://\(subscriber.endpoint)?format=enveloped",
            "prices=static://\(subscriber.endpoint)?format=cloudevents")
        for prefix in ["sent to 1 of 1 subscriber:", "published before with this idempotency key"] {
            let publish = try await headcast(
                "publish", "orders,prices", "tea", "--content-type", "text/plain", "--attribute", "region=eu", "--ttl",
                "1m", "--idempotency-key", "k", "--gateway", gateway.endpoint)
            #expect(publish.ending == .exited(0), "\(publish.account)")
            #expect(publish.lines.count { $0.hasPrefix(prefix) } == 2, "\(publish.account)")
        }
        let received = try await subscriber.lines(count: 2)
        #expect(Set(received.map { $0["topic"].string }) == ["orders", "prices"])
        #expect(
            received.allSatisfy {
                $0["attributes"]["region"].string == "eu" || $0["attributes"]["ce-region"].string == "eu"
            })
        #expect(received.allSatisfy { $0["attributes"]["content-type"].string == "text/plain" })
        #expect(try await gateway.topic("orders")["counters"]["messages"].int == 1)
    }

    @Test func `an attribute without a value travels, with lines, too`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("orders=static://\(subscriber.endpoint)?format=enveloped")
        let one = try await headcast("publish", "orders", "a", "--attribute", "region=", "--gateway", gateway.endpoint)
        #expect(one.ending == .exited(0), "\(one.account)")
        let lines = try await headcast(
            "publish", "orders", "--lines", "--attribute", "region=", "--gateway", gateway.endpoint, input: "b\nc\n")
        #expect(lines.ending == .exited(0), "\(lines.account)")
        let received = try await subscriber.lines(count: 3)
        #expect(received.map { $0["payload"].string } == ["a", "b", "c"])
        #expect(received.map { $0["attributes"]["region"].string } == ["", "", ""])
    }

    @Test func `a message that nobody is sent ends with 2`() async throws {
        let server = try await NameServer.start()
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):12000?emptyAfter=1s", with: ["--resolver", server.endpoint])
        try await eventually("emptiness is believed") { try await gateway.publish("x").status == 202 }
        let publish = try await headcast("publish", "orders", "hello", "--gateway", gateway.endpoint)
        #expect(publish.ending == .exited(2), "\(publish.account)")
        #expect(publish.output.hasPrefix("topic orders has no subscribers: nothing was sent"))
    }

    @Test func `a gateway that cannot be reached is tried again for as long as is asked`() async throws {
        let port = try FreePort.find()
        let command = [
            try #require(Tool.headcast), "publish", "orders", "hello", "--retry", "30s", "--gateway",
            "127.0.0.1:\(port)",
        ]
        let publish = try Stage.current.start(command, name: "publish")
        let reason = "cannot reach http://127.0.0.1:\(port): connection refused"
        try await eventually("the first try is refused", or: { publish.account }) {
            publish.errors.contains(reason) && publish.errors.contains("trying again for 30 s")
        }
        let gateway = try await gateway("orders=static://127.0.1.1:12000", listen: "127.0.0.1:\(port)")
        #expect(try await publish.end() == .exited(0), "\(publish.account)")
        #expect(try await gateway.topic()["counters"]["messages"].int == 1)
    }

    @Test func `publish says what it could not reach`() async throws {
        let publish = try await headcast("publish", "orders", "hello", "--gateway", "127.0.0.1:1")
        #expect(publish.ending == .exited(1))
        #expect(publish.errors.contains("cannot reach http://127.0.0.1:1: connection refused"), "\(publish.account)")
    }

    @Test(
        arguments: [
            ["publish"], ["publish", "orders", "x", "--lines"], ["publish", "orders", "x", "--spacing", "soon"],
            ["publish", "orders", "x", "--gateway", "dns://gw:80"], ["publish", "orders", "x", "--gateway", "ftp://x"],
            ["status", "--message", "x", "--watch"], ["status", "--interval", "1us", "--watch"],
            ["status", "--interval", "5s"], ["status", "--output", "json", "--watch"],
            ["status", "--message", "nonsense"], ["publsh", "orders", "x"],
            ["status", "--gateway", "dns://x"], ["publish", "orders", "x", "--gateway", "a,b"],
            ["status", "--gateway", "a,b"],
        ]
    )
    func `wrong flags end with 64 and a hint`(arguments: [String]) async throws {
        let command = [try #require(Tool.headcast)] + arguments
        let program = try Stage.current.start(command, name: "headcast")
        #expect(try await program.end() == .exited(64), "\(program.account)")
        #expect(program.errors.hasPrefix("headcast: "), "\(program.account)")
        let help = ["publish", "status"].contains(arguments[0]) ? "headcast \(arguments[0]) --help" : "headcast --help"
        #expect(program.errors.hasSuffix("headcast: try \(help)\n"), "\(program.account)")
    }

    @Test func `a topic that no gateway has is told in a line, with the nearest`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000")
        let status = try await headcast("status", "--topic", "order", "--gateway", gateway.endpoint)
        #expect(status.ending == .exited(1), "\(status.account)")
        #expect(status.output.isEmpty, "\(status.account)")
        #expect(status.errors == "headcast: unknown topic \"order\"; did you mean orders?\n")
    }

    @Test func `status of one gateway ends with 0 while it is ready`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000")
        let status = try await headcast("status", "--gateway", gateway.endpoint)
        #expect(status.ending == .exited(0), "\(status.account)")
        #expect(status.lines.contains { $0.hasPrefix("gw-1     ok") }, "\(status.account)")
        #expect(status.lines.contains { $0.contains("127.0.1.1:12000") }, "\(status.account)")
        let json = try await headcast("status", "--output", "json", "--gateway", gateway.endpoint)
        let document = try #require(JSON(text: json.output), "\(json.account)")
        #expect(document.names == ["ready", "doubt", "gateways", "topics"])
        let missing = try await headcast("status", "--gateway", "127.0.0.1:1")
        #expect(missing.ending == .exited(1))
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `status adds up all replicas behind a name, and finds the one that has a message`() async throws {
        let port = try FreePort.find()
        let addresses = ["127.0.0.1", "127.0.0.2"]
        let server = try await NameServer.start(NameServer.pods(addresses))
        var replicas: [Gateway] = []
        for (index, address) in addresses.enumerated() {
            replicas.append(
                try await gateway(
                    "orders=static://127.0.1.1:12000", listen: "\(address):\(port)", name: "gw-\(index + 1)"))
        }
        _ = try await replicas[0].publish("x")
        let id = try #require(try await replicas[1].publish("y").json["id"].string)
        let all = ["--gateway", "dns://\(NameServer.headless):\(port)", "--resolver", server.endpoint]
        let status = try await headcast("status", all[0], all[1], all[2], all[3])
        #expect(status.ending == .exited(0), "\(status.account)")
        #expect(status.lines.contains { $0.hasPrefix("gw-1     ok") }, "\(status.account)")
        #expect(status.lines.contains { $0.hasPrefix("gw-2     ok") }, "\(status.account)")
        #expect(status.output.contains(#/orders +raw +once +1 +2 +2 /#), "\(status.account)")

        let message = try await headcast("status", "--message", id, all[0], all[1], all[2], all[3])
        #expect(message.ending == .exited(0), "\(message.account)")
        #expect(message.output.contains("through gw-2"), "\(message.account)")

        replicas[1].program.kill()
        let half = try await headcast("status", all[0], all[1], all[2], all[3])
        #expect(half.ending == .exited(1), "\(half.account)")
        #expect(half.output.contains("http://127.0.0.2:\(port): connection refused"), "\(half.account)")
    }

    @Test func `status that watches shows page after page until a signal`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000")
        let command = [
            try #require(Tool.headcast), "status", "--watch", "--interval", "100ms", "--gateway", gateway.endpoint,
        ]
        let status = try Stage.current.start(command, name: "status")
        try await eventually("two pages are shown", or: { status.account }) {
            status.lines.count { $0.hasPrefix("orders") } >= 2 && status.output.contains("PER SECOND")
        }
        status.signal(SIGINT)
        #expect(try await status.end() == .exited(0), "\(status.account)")
    }
}
