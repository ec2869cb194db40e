import Foundation
import Gateway
import Service
import Testing

/// What is told of several mistakes at once.
struct ConfigurationFaultsTests {
    private func faults(environment: [String: String] = [:], _ arguments: String...) -> [String] {
        do throws(Faults) {
            _ = try GatewayConfiguration.load(name: "pod-1", arguments: arguments, environment: environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `values that do not go together are faults`() {
        let faults = faults(
            environment: [
                "HEADCAST_TOPIC": "a=dns://x:1?copies=3 b=dns://x:1?ringBytes=64KiB&maximumPayloadBytes=65507 "
                    + "c=dns://x:1?burstBytes=1000"
            ]
        )
        #expect(
            faults == [
                "HEADCAST_TOPIC a: copies is 3, but the policy is once; expected policy repeat",
                "HEADCAST_TOPIC b: ringBytes is 65536; expected room for 4 payloads of maximumPayloadBytes, 262028 or more",
                "HEADCAST_TOPIC c: burstBytes is 1000; expected room for a payload of maximumPayloadBytes, 1232 or more",
            ])
    }

    @Test func `a fault of one value does not hide those of others, unless they follow from it`() {
        #expect(
            faults("--topic", "a=dns://x:1?colour=red&copies=3", "--topic", "a=dns://x:1?burstBytes=1") == [
                "--topic a: colour is unknown",
                "--topic a: copies is 3, but the policy is once; expected policy repeat",
                "--topic a: burstBytes is 1; expected room for a payload of maximumPayloadBytes, 1232 or more",
                "--topic a is given twice",
            ])
        #expect(
            faults("--topic", "a=dns://x:1?polcy=repeat&copies=3&format=row&datagramBytes=9000") == [
                "--topic a: polcy is unknown; did you mean policy?",
                "--topic a: format is \"row\"; expected raw, enveloped, cloudevents (did you mean raw?)",
            ])
        #expect(
            faults("--topic", "a=dns://x:1?maximumPayloadBytes=70000") == [
                "--topic a: maximumPayloadBytes is 70000; a raw payload is one datagram; expected up to 65507, "
                    + "or the format enveloped"
            ])
    }

    @Test func `a source that is misspelt is no source that is missing`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).yaml"
        try "topics:\n  a: {copies: 2, sorce: 'dns://x:1'}\n".write(toFile: path, atomically: false, encoding: .utf8)
        defer { unlink(path) }
        #expect(
            faults("--config", path).map { $0.dropFirst(path.count) } == [
                ":2: sorce is unknown", ":2: copies is 2, but the policy is once; expected policy repeat",
            ])
    }

    @Test func `a fault elsewhere does not hide that there is no topic, unless one was tried`() {
        #expect(faults("--name", "").count == 2)
        #expect(faults("--name", "", "--topic", "x").count == 2)
        #expect(faults("--topic", "").count == 1)
    }
}
