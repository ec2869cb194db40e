import Endpoints
import Foundation
import Gateway
import Service
import Testing

struct GatewayConfigurationTests {
    private func load(
        file: String? = nil, environment: [String: String] = [:], _ arguments: String...
    ) throws -> GatewayConfiguration {
        if let file {
            let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).yaml"
            try file.write(toFile: path, atomically: false, encoding: .utf8)
            defer { unlink(path) }
            return try load(["--config", path] + arguments, environment, hiding: path)
        }
        return try load(arguments, environment, hiding: nil)
    }

    private func load(
        _ arguments: [String], _ environment: [String: String], hiding path: String?
    ) throws -> GatewayConfiguration {
        do {
            return try GatewayConfiguration.load(name: "pod-1", arguments: arguments, environment: environment)
        } catch {
            throw Faults(
                error.faults.map {
                    Fault($0.description.replacingOccurrences(of: path ?? "headcast.yaml", with: "headcast.yaml"))
                }
            )
        }
    }

    private func faults(
        file: String? = nil, environment: [String: String] = [:], _ arguments: String...
    ) -> [String] {
        do {
            if let file {
                _ = try load(file: file, environment: environment)
            } else {
                _ = try load(arguments, environment, hiding: nil)
            }
            return []
        } catch let error as Faults {
            return error.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `one topic is all that must be said`() throws {
        let configuration = try load("--topic", "orders=dns://headless-udp.shop.svc.cluster.local:12000")
        #expect(configuration.name == "pod-1")
        #expect(configuration.listen.description == "127.0.0.1:8080")
        let name = "headless-udp.shop.svc.cluster.local"
        #expect(
            configuration.topics == [
                TopicConfiguration(name: "orders", source: .dns(name: name, port: .number(12_000)))
            ])
    }

    @Test func `a gateway without topics says what is missing`() {
        #expect(faults() == ["no topic is set; give at least one, like --topic orders=dns://NAME:PORT"])
    }

    @Test func `an address is explained by one of its kind`() {
        #expect(
            faults("--topic", "a=dns://x:1", "--send-from", "x", "--resolver", "y") == [
                "--send-from is \"x\"; expected ADDRESS:PORT like 10.0.0.5:12001, 0.0.0.0:12001 or [::]:12001, or none",
                "--resolver is \"y\"; expected ADDRESS:PORT like 10.96.0.10:53 or [fd00::a]:53, or none",
            ])
    }

    @Test func `parameters of the URL are settings of the topic`() throws {
        let url =
            "orders=static://127.0.1.1:12000,127.0.1.2:12000?policy=repeat&copies=4&spacing=20ms"
            + "&maximumPayloadBytes=1400&maximumBytesPerSecond=1MB&ringBytes=1MiB&burstBytes=32KiB&family=both"
            + "&maximumAge=0&emptyAfter=5s&format=raw"
        let topic = try #require(try load("--topic", url).topics.first)
        #expect(topic.policy == .repeat)
        #expect(topic.copies == 4)
        #expect(topic.spacing == .milliseconds(20))
        #expect(topic.maximumPayloadBytes == 1_400)
        #expect(topic.maximumBytesPerSecond == 1_000_000)
        #expect(topic.ringBytes == 1 << 20)
        #expect(topic.burstBytes == 32 << 10)
        #expect(topic.family == .both)
        #expect(topic.maximumAge == .zero)
        #expect(topic.emptyAfter == .seconds(5))
    }

    @Test func `repeat means three copies unless it says how many`() throws {
        #expect(try load("--topic", "a=dns://x:1?policy=repeat").topics.first?.copies == 3)
        #expect(try load("--topic", "a=dns://x:1?policy=repeat&copies=1").topics.first?.copies == 1)
        #expect(try load("--topic", "a=dns://x:1").topics.first?.copies == 1)
    }

    @Test func `topics stand in a file as a mapping or as a list`() throws {
        let mapping = """
            topics:
              orders: dns://x:1?policy=repeat
              prices:
                source: static://10.0.0.1:2
                policy: repeat
                copies: 5
            """
        let list = """
            topics:
              - orders=dns://x:1?policy=repeat
              - name: prices
                source: static://10.0.0.1:2?policy=repeat
                copies: 5
            """
        let topics = try load(file: mapping).topics
        #expect(topics.map(\.name) == ["orders", "prices"])
        #expect(topics.map(\.copies) == [3, 5])
        #expect(try load(file: list).topics == topics)
    }

    @Test func `the environment holds several topics, and a higher layer replaces a topic whole`() throws {
        let configuration = try load(
            file: "topics: {a: 'dns://x:1?policy=repeat', b: 'dns://x:2'}\n",
            environment: ["HEADCAST_TOPIC": "a=dns://y:3\n  c=dns://y:4 "], "--topic", "c=dns://z:5", "--topic",
            "d=dns://z:6"
        )
        #expect(
            configuration.topics.map { "\($0.name)=\($0.source) \($0.policy)" } == [
                "a=dns://y:3 once", "b=dns://x:2 once", "c=dns://z:5 once", "d=dns://z:6 once",
            ])
    }

    @Test func `faults of topics name the flag and the topic`() {
        let faults = faults(
            "--topic", "orders=dns://x:1?copies=many&polcy=once&spacing=50ms&spacing=60ms", "--topic", "p=http://x",
            "--topic", "dns://x:1", "--topic", "a b=dns://x:1", "--topic", "e=dns://x:1?format=envelope"
        )
        #expect(
            faults == [
                "--topic orders: spacing is given twice",
                "--topic orders: copies is \"many\"; expected 1 to 16",
                "--topic orders: polcy is unknown; did you mean policy?",
                "--topic p: source is \"http://x\"; expected dns://NAME:PORT, dns://NAME:PORTNAME "
                    + "or static://ADDRESS:PORT,ADDRESS:PORT",
                "--topic is \"dns://x:1\"; expected NAME=URL like orders=dns://headless-udp.shop.svc.cluster.local:12000",
                "--topic has the name \"a b\"; expected 1 to 128 letters, digits or . _ ~ -, but neither . nor ..",
                "--topic e: format is \"envelope\"; expected raw, enveloped, cloudevents (did you mean enveloped?)",
            ])
    }

    @Test func `faults of topics in a file name the line`() {
        let file = """
            topics:
              orders:
                source: dns://x:1
                copies: many
              a/b: dns://x:1
              empty:
              list: [1]
              prices: dns://10.0.0.1:5?family=ipv5
            """
        #expect(
            faults(file: file) == [
                "headcast.yaml:4: copies is \"many\"; expected 1 to 16",
                "headcast.yaml:5: topic a/b has the name \"a/b\"; "
                    + "expected 1 to 128 letters, digits or . _ ~ -, but neither . nor ..",
                "headcast.yaml:6: topic empty has no source; expected one like dns://NAME:PORT",
                "headcast.yaml:7: list is a list; expected a URL or a mapping with a source",
                "headcast.yaml:8: source is \"dns://10.0.0.1:5\"; expected a DNS name after dns://; "
                    + "for addresses write static://10.0.0.1:5",
                "headcast.yaml:8: family is \"ipv5\"; expected auto, ipv4, ipv6, both (did you mean ipv4?)",
            ])
    }

    @Test func `a topic given twice in one layer is a fault`() {
        #expect(
            faults("--topic", "a=dns://x:1", "--topic", "a=dns://x:2") == ["--topic a is given twice"])
        #expect(
            faults(file: "topics:\n- a=dns://x:1\n- a=dns://x:2\n")
                == ["headcast.yaml:3: topic a is given twice"]
        )
    }

    @Test(arguments: ["", ".", "..", "a/b", "ä", "a%20b", "a?", String(repeating: "a", count: 129)])
    func `a name that does not stand in a path as it is is refused`(name: String) {
        #expect(!TopicConfiguration.isValid(name: name))
        #expect(faults("--topic", "\(name)=dns://x:1").count == 1)
    }

    @Test(arguments: ["a", "A.b_c~d-9", "...", String(repeating: "a", count: 128)])
    func `a name of the unreserved characters is taken`(name: String) {
        #expect(TopicConfiguration.isValid(name: name))
    }

    @Test func `every default reads back as itself`() {
        let configuration = GatewayConfiguration(name: "pod-1")
        for setting in GatewaySettings.table.settings where setting.key != "topics" {
            var copy = configuration
            let input = SettingInput(setting.text(configuration), from: Origin(subject: setting.key))
            #expect(setting.read([input], &copy).isEmpty)
            #expect(setting.text(copy) == setting.text(configuration))
        }
        let topic = TopicConfiguration(name: "a", source: .static([]))
        for setting in TopicSettings.table.settings {
            var copy = topic
            let input = SettingInput(setting.text(topic), from: Origin(subject: setting.key))
            #expect(setting.read([input], &copy).isEmpty)
            #expect(copy == topic)
        }
    }

    @Test func `keys, flags and variables are distinct`() {
        let settings = GatewaySettings.table.settings
        #expect(Set(settings.map(\.key)).count == settings.count)
        #expect(Set(settings.map(\.environment)).count == settings.count)
        #expect(settings.first?.environment == "HEADCAST_TOPIC")
    }

    @Test func `garbage ends in a configuration or in faults`() {
        let letters = Array("orders=dns://static:1?&,.[]copies policy \0é%".unicodeScalars)
        for _ in 0..<1_000 {
            let text = String(String.UnicodeScalarView((0..<32).compactMap { _ in letters.randomElement() }))
            _ = faults(environment: ["HEADCAST_TOPIC": text], "--topic", "a=dns://x:1?" + text, text)
        }
    }
}
