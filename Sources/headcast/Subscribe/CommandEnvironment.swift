import Headcast

/// What a command is told of the message besides its payload, in variables.
enum CommandEnvironment {
    static let attributePrefix = "HEADCAST_ATTRIBUTE_"

    /// Whether a command may have been told `name` by a subscriber that runs it.
    static func isVariable(_ name: String) -> Bool {
        name.hasPrefix(attributePrefix)
            || ["ID", "TOPIC", "SEQUENCE", "EPOCH", "PUBLISHED_AT"].contains { name == "HEADCAST_\($0)" }
    }

    /// Those that the message has; a value that holds a zero byte cannot be one.
    static func variables(of message: Message) -> [String: String] {
        guard message.format != .raw else { return [:] }
        var variables = [
            "HEADCAST_ID": message.shownID, "HEADCAST_SEQUENCE": "\(message.sequence)",
            "HEADCAST_EPOCH": "\(message.epoch)",
        ]
        if !message.topic.isEmpty { variables["HEADCAST_TOPIC"] = message.topic }
        if let publishedAt = message.publishedAt { variables["HEADCAST_PUBLISHED_AT"] = publishedAt.description }
        // Of names that differ only in - and dots, the first counts.
        for (name, value) in message.attributes.reversed() { variables[variable(for: name)] = value }
        return variables.filter { !$0.value.utf8.contains(0) }
    }

    /// `content-type` is `HEADCAST_ATTRIBUTE_CONTENT_TYPE`.
    private static func variable(for name: String) -> String {
        attributePrefix + name.uppercased().replacing("-", with: "_").replacing(".", with: "_")
    }
}
