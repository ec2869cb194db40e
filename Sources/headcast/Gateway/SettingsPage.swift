import FanOut
import Gateway
import Service

/// What `headcast gateway --check` shows of settings that are not faulty, as lines.
struct SettingsPage {
    let configuration: GatewayConfiguration

    var lines: [String] {
        var table = TextTable([
            "TOPIC": .left, "SOURCE": .left, "FORMAT": .left, "POLICY": .left, "MAXIMUM PAYLOAD": .right,
        ])
        for topic in configuration.topics {
            table.append([
                topic.name, topic.source.description.visible, topic.format.rawValue,
                topic.policy.rawValue + (topic.copies > 1 ? " x\(topic.copies)" : ""),
                "\(Amount(topic.maximumPayloadBytes)) bytes",
            ])
        }
        return ["the settings are valid; a gateway would listen at \(configuration.listen)", ""] + table.lines
    }
}
