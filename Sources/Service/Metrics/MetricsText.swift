import Clocks

/// Writes metrics in the text format of Prometheus (exposition format 0.0.4).
/// ```swift
/// var text = MetricsText()
/// text.counter("headcast_messages_total", "Messages numbered.") { $0.sample(7, ["topic": "orders"]) }
/// ```
package struct MetricsText: Sendable {
    /// What the format is called in Content-Type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    package init() {}

    package mutating func counter(_ name: String, _ help: String, _ samples: (inout Samples) -> Void) {
        family(name, "counter", help, samples)
    }

    package mutating func gauge(_ name: String, _ help: String, _ samples: (inout Samples) -> Void) {
        family(name, "gauge", help, samples)
    }

    package mutating func histogram(_ name: String, _ help: String, _ samples: (inout Samples) -> Void) {
        family(name, "histogram", help, samples)
    }

    private mutating func family(
        _ name: String, _ kind: String, _ help: String, _ write: (inout Samples) -> Void
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        var samples = Samples(name: name)
        write(&samples)
        text += samples.text
    }

    /// The samples of one metric.
    package struct Samples {
        let name: String
        fileprivate(set) var text = ""

        package mutating func sample(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) {
            line("", "\(value)", labels.map { ($0, $1) })
        }

        package mutating func sample(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
            line("", "\(value)", labels.map { ($0, $1) })
        }

        package mutating func sample(_ histogram: DurationHistogram, _ labels: KeyValuePairs<String, String> = [:]) {
            let sum = "\(Double(histogram.totalNanoseconds) / 1e9)"
            buckets(histogram.counts, DurationHistogram.bounds.map(\.label), sum: sum, labels.map { ($0, $1) })
        }

        package mutating func sample(_ histogram: CountHistogram, _ labels: KeyValuePairs<String, String> = [:]) {
            let bounds = CountHistogram.bounds.map(\.description)
            buckets(histogram.counts, bounds, sum: "\(histogram.total)", labels.map { ($0, $1) })
        }

        private mutating func buckets(
            _ counts: [UInt64], _ bounds: [String], sum: String, _ labels: [(name: String, value: String)]
        ) {
            var total: UInt64 = 0
            for (count, bound) in zip(counts, bounds + ["+Inf"]) {
                total += count
                line("_bucket", "\(total)", labels + [("le", bound)])
            }
            line("_sum", sum, labels)
            line("_count", "\(total)", labels)
        }

        private mutating func line(_ suffix: String, _ value: String, _ labels: [(name: String, value: String)]) {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "\(name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)\n"
        }

        /// The three characters that the format escapes in the value of a label.
        private static func escaped(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
            // By scalars: a mark that combines with one of the three makes another Character of both.
            return value.unicodeScalars.reduce(into: "") { text, scalar in
                switch scalar {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
