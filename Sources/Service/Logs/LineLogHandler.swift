import Clocks
import Glibc
import Logging

/// Writes each event of swift-log as one line to a descriptor, with one write(2), so that lines of several threads and
/// processes do not mix.
///
/// A line that the descriptor does not take (a full pipe that does not block, a closed one) is lost; the program goes on.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let descriptor: Int32

    package init(label: String, level: Logger.Level, format: LogFormat, descriptor: Int32 = STDERR_FILENO) {
        self.label = label
        logLevel = level
        self.format = format.resolved(for: descriptor)
        self.descriptor = descriptor
    }

    package func log(event: LogEvent) {
        var facts = metadata
        facts.merge(metadataProvider?.get() ?? [:]) { $1 }
        facts.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { facts["error"] = "\(error)" }
        let line = LogLine(
            timestamp: .now, level: event.level, label: label, message: event.message.description, facts: facts
        )
        write(format == .text ? line.text : line.json)
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }
}

extension LoggingSystem {
    /// Sends every logger's events to standard error. Once per program, before the first logger is made.
    package static func bootstrap(level: Logger.Level, format: LogFormat) {
        let format = format.resolved()
        bootstrap { LineLogHandler(label: $0, level: level, format: format) }
    }
}
