import Gateway
import Recording
import Service
import Testing

@testable import headcast

struct KnownVariablesTests {
    @Test func `a variable that no command knows is told with the nearest`() {
        let environment = ["HEADCAST_GATWAY": "x", "HEADCAST_FOO": "y", "HEADCAST_LISEN": "", "GATWAY": "z"]
        #expect(
            KnownVariables.faults(in: environment).map(\.description) == [
                "HEADCAST_FOO is unknown", "HEADCAST_GATWAY is unknown; did you mean HEADCAST_GATEWAY?",
            ])
    }

    @Test(arguments: [
        "HEADCAST_GATEWAY", "HEADCAST_CONFIG", "HEADCAST_LISTEN", "HEADCAST_STORE", "HEADCAST_RECORDER_SERVICE_HOST",
        "HEADCAST_ID", "HEADCAST_ATTRIBUTE_REGION", "HEADCAST_ATTRIBUTES", "HEADCAST_PUBLISHED_AT",
    ])
    func `settings, variables of Services and what a command is told of its message are known`(name: String) {
        #expect(KnownVariables.faults(in: [name: "x"]).isEmpty)
    }

    @Test func `a server leaves the settings of the other alone, and no others`() {
        let environment = ["HEADCAST_STORE": "a", "HEADCAST_TOPIC": "b", "HEADCAST_LISTEN": "c", "HEADCAST_STOR": "d"]
        let gateway = KnownVariables.environment(environment, of: GatewaySettings.table)
        #expect(gateway.keys.sorted() == ["HEADCAST_LISTEN", "HEADCAST_STOR", "HEADCAST_TOPIC"])
        let recorder = KnownVariables.environment(environment, of: RecorderSettings.table)
        #expect(recorder.keys.sorted() == ["HEADCAST_LISTEN", "HEADCAST_STOR", "HEADCAST_STORE"])
    }
}
