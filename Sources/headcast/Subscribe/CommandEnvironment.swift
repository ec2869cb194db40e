import Headcast
import JSON

/// What a command is told of the message besides its payload, in variables.
enum CommandEnvironment {
    private static let attributePrefix = "HEADCAST_ATTRIBUTE_"
    /// All attributes, an object of JSON.
    private static let attributes = "HEADCAST_ATTRIBUTES"
    /// What Linux takes of one variable, with its name, the `=` and a zero byte (MAX_ARG_STRLEN, execve(2)).
    private static let maximumBytes = 128 << 10

    /// Whether `name` tells of an attribute.
    static func isOfAttributes(_ name: String) -> Bool { name.hasPrefix(attributePrefix) || name == attributes }

    /// Whether a command may have been told `name` by a subscriber that runs it.
    static func isVariable(_ name: String) -> Bool {
        isOfAttributes(name)
            || ["ID", "TOPIC", "SEQUENCE", "EPOCH", "PUBLISHED_AT"].contains { name == "HEADCAST_\($0)" }
    }

    /// Those that the message has; a value that holds a zero byte cannot be one, nor can one that is too long.
    static func variables(of message: Message) -> [String: String] {
        guard message.format != .raw else { return [:] }
        var variables = [
            "HEADCAST_ID": message.shownID, "HEADCAST_SEQUENCE": "\(message.sequence)",
            "HEADCAST_EPOCH": "\(message.epoch)",
        ]
        if !message.topic.isEmpty { variables["HEADCAST_TOPIC"] = message.topic }
        if let publishedAt = message.publishedAt { variables["HEADCAST_PUBLISHED_AT"] = publishedAt.description }
        variables[attributes] = object(of: message.attributes)
        // Of names that differ only in - and dots, the first counts.
        for (name, value) in message.attributes.reversed() { variables[variable(for: name)] = value }
        return variables.filter { name, value in
            !value.utf8.contains(0) && name.utf8.count + value.utf8.count + 2 <= maximumBytes
        }
    }

    private static func object(of attributes: Message.Attributes) -> String {
        var json = JSONWriter(reserving: 256)
        json.object { for (name, value) in attributes { $0.field(named: name, value) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// `content-type` is `HEADCAST_ATTRIBUTE_CONTENT_TYPE`.
    private static func variable(for name: String) -> String {
        attributePrefix + name.uppercased().replacing("-", with: "_").replacing(".", with: "_")
    }
}
