import Gateway
import Service
import Testing

struct TopicFormatTests {
    private func load(_ topics: String...) throws(Faults) -> GatewayConfiguration {
        try GatewayConfiguration.load(name: "pod-1", arguments: topics.flatMap { ["--topic", $0] }, environment: [:])
    }

    private func faults(_ topics: String...) -> [String] {
        do throws(Faults) {
            _ = try GatewayConfiguration.load(
                name: "pod-1", arguments: topics.flatMap { ["--topic", $0] }, environment: [:])
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `an enveloped topic takes larger payloads than its datagrams`() throws {
        let plain = try #require(try load("a=dns://x:1?format=enveloped").topics.first)
        #expect(plain.maximumPayloadBytes == 1 << 20)
        #expect(plain.ringBytes == 32 << 20)
        #expect(plain.datagramBytes == 1_232)
        #expect(!plain.mayFragment)
        let url = "a=dns://x:1?format=enveloped&maximumPayloadBytes=16MiB&ringBytes=64MiB&datagramBytes=9000"
        let large = try #require(try load(url).topics.first)
        #expect(large.maximumPayloadBytes == 16 << 20)
        #expect(large.mayFragment)
        #expect(
            faults(
                "a=dns://x:1?maximumPayloadBytes=65508", "b=dns://x:1?datagramBytes=1232",
                "c=dns://x:1?format=enveloped&datagramBytes=9000&burstBytes=8999",
                "d=dns://x:1?format=enveloped&maximumPayloadBytes=16777217&datagramBytes=511"
            ) == [
                "--topic a: maximumPayloadBytes is 65508; a raw payload is one datagram; expected up to 65507, "
                    + "or the format enveloped",
                "--topic b: datagramBytes is for the formats enveloped and cloudevents; a raw datagram is as long as its payload",
                "--topic c: burstBytes is 8999; expected room for a datagram of datagramBytes, 9000 or more",
                "--topic d: maximumPayloadBytes is \"16777217\"; expected 1 to 16MiB",
                "--topic d: datagramBytes is \"511\"; expected 512 to 65507",
            ])
    }

    @Test func `the log of an enveloped topic grows with its payloads unless it is set`() throws {
        let url = "a=dns://x:1?format=enveloped&maximumPayloadBytes="
        #expect(try load(url + "16MiB").topics[0].ringBytes == 64 << 20)
        #expect(try load(url + "8MiB").topics[0].ringBytes == 32 << 20)
        #expect(try load(url + "1").topics[0].ringBytes == 32 << 20)
        #expect(try load(url + "16MiB&datagramBytes=512").topics[0].ringBytes == 64 << 20)
        #expect(
            faults(url + "16MiB&ringBytes=32MiB") == [
                "--topic a: ringBytes is 33554432; expected room for 4 payloads of maximumPayloadBytes, "
                    + "67108864 or more"
            ])
    }

    @Test(arguments: [("", 1_232), ("&datagramBytes=9000", 9_000), ("&datagramBytes=512", 512)])
    func `the longest payload of an event follows its datagram unless it is set`(key: String, bytes: Int) throws {
        let url = "a=dns://x:1?format=cloudevents" + key
        #expect(try load(url).topics[0].maximumPayloadBytes == bytes)
        #expect(try load(url + "&maximumPayloadBytes=9").topics[0].maximumPayloadBytes == 9)
    }

    @Test func `a payload that no event can hold is refused where it is set`() throws {
        let url = "a=dns://x:1?format=cloudevents"
        #expect(
            faults(url + "&maximumPayloadBytes=16KiB") == [
                "--topic a: maximumPayloadBytes is 16384, but an event of datagramBytes, 1232, cannot hold it; "
                    + "raise datagramBytes"
            ])
        #expect(faults(url + "&maximumPayloadBytes=513&datagramBytes=512").count == 1)
        #expect(faults(url + "&maximumPayloadBytes=65508").count == 1)
        #expect(try load(url + "&maximumPayloadBytes=1232").topics[0].maximumPayloadBytes == 1_232)
        #expect(try load(url + "&maximumPayloadBytes=16KiB&datagramBytes=17KiB").topics[0].datagramBytes == 17_408)
        #expect(try load(url + "&datagramBytes=512").topics[0].datagramBytes == 512)
    }

    @Test func `a log that could never take the longest message is refused`() {
        #expect(
            faults("a=dns://x:1?format=enveloped&maximumPayloadBytes=1000&ringBytes=64KiB&datagramBytes=40000")
                == [
                    "--topic a: ringBytes is 65536; expected room for the datagrams of the longest message, "
                        + "160000 or more"
                ])
    }
}
