import Gateway
import Testing

@testable import headcast

struct SettingsPageTests {
    @Test func `valid settings are shown with their topics`() throws {
        let arguments = [
            "--topic", "orders=dns://headless-udp:udp?maximumPayloadBytes=1472", "--topic",
            "prices=static://127.0.1.1:12000?policy=repeat&format=enveloped",
        ]
        let configuration = try GatewayConfiguration.load(name: "gw-1", arguments: arguments, environment: [:])
        #expect(
            SettingsPage(configuration: configuration).lines == [
                "the settings are valid; a gateway would listen at 127.0.0.1:8080",
                "",
                "TOPIC   SOURCE                    FORMAT     POLICY     MAXIMUM PAYLOAD",
                "orders  dns://headless-udp:udp    raw        once           1,472 bytes",
                "prices  static://127.0.1.1:12000  enveloped  repeat x3  1,048,576 bytes",
            ])
    }
}
