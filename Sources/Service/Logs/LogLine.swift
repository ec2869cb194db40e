import Clocks
import JSON
import Logging

/// One line of the log before it is written in a format.
struct LogLine: Sendable {
    var timestamp: Timestamp
    var level: Logger.Level
    var label: String
    /// The same text for the same event, whatever its facts.
    var message: String
    /// What is particular about this event.
    var facts: Logger.Metadata

    /// `2026-11-23T09:30:00.125Z info     membership changed endpoints=12 topic=orders`, facts sorted by name.
    ///
    /// Values with spaces stand in quotation marks; what would not show is escaped, so that a line stays a line.
    var text: [UInt8] {
        var line = "\(timestamp) \(level.rawValue.padding(to: 8)) \(message.visible)"
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += " \(name.word)=\(value.description.word)"
        }
        return Array("\(line)\n".utf8)
    }

    /// `{"at":"…","level":"info","message":"membership changed","logger":"headcast","endpoints":"12","topic":"orders"}`.
    ///
    /// A fact named like one of the first four members gets an underscore after its name.
    var json: [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object { line in
            line.field("at", timestamp)
            line.field("level", level.rawValue)
            line.field("message", message)
            line.field("logger", label)
            for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
                line.field(named: Self.members.contains(name) ? "\(name)_" : name, value)
            }
        }
        json.newline()
        return json.bytes
    }

    private static let members: Set = ["at", "level", "message", "logger"]
}

extension Logger.MetadataValue: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) {
        switch self {
        case .string(let text):
            json.string(text)
        case .stringConvertible(let value):
            json.string(value.description)
        case .array(let values):
            json.array { for value in values { $0.value(value) } }
        case .dictionary(let values):
            json.object { for (name, value) in values.sorted(by: { $0.key < $1.key }) { $0.field(named: name, value) } }
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
