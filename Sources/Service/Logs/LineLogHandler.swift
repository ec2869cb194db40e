import Clocks
import Glibc
import Logging

/// Writes each event of swift-log as one line to a descriptor, and never waits for it (see ``LogOutput``).
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let output: LogOutput

    package init(label: String, level: Logger.Level, format: LogFormat, descriptor: Int32 = STDERR_FILENO) {
        self.label = label
        logLevel = level
        self.format = format.resolved(for: descriptor)
        output = LogOutput(descriptor: descriptor)
    }

    package func log(event: LogEvent) {
        var facts = metadata
        facts.merge(metadataProvider?.get() ?? [:]) { $1 }
        facts.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { facts["error"] = "\(error)" }
        let line = LogLine(
            timestamp: .now, level: event.level, label: label, message: event.message.description, facts: facts
        )
        output.write(bytes(of: line)) { lost in
            bytes(
                of: LogLine(
                    timestamp: .now, level: .warning, label: label, message: "lines of the log were lost",
                    facts: ["lines": "\(lost)"]))
        }
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private func bytes(of line: LogLine) -> [UInt8] {
        format == .text ? line.text : line.json
    }
}

extension LoggingSystem {
    /// Sends every logger's events to standard error. Once per program, before the first logger is made.
    package static func bootstrap(level: Logger.Level, format: LogFormat) {
        let format = format.resolved()
        bootstrap { LineLogHandler(label: $0, level: level, format: format) }
    }
}
