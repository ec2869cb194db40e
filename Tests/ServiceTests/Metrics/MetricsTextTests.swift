import Testing

@testable import Service

struct MetricsTextTests {
    @Test func `a metric is its help, its type and its samples`() {
        var text = MetricsText()
        text.counter("headcast_messages_total", "Messages numbered.") {
            $0.sample(7, ["topic": "orders"])
            $0.sample(0)
        }
        text.gauge("process_x", "X.") { $0.sample(1.5) }
        #expect(
            text.text == """
                # HELP headcast_messages_total Messages numbered.
                # TYPE headcast_messages_total counter
                headcast_messages_total{topic="orders"} 7
                headcast_messages_total 0
                # HELP process_x X.
                # TYPE process_x gauge
                process_x 1.5

                """)
    }

    @Test func `a histogram counts up to its last range`() {
        var histogram = DurationHistogram()
        for duration in [Duration.microseconds(50), .microseconds(200), .seconds(9)] { histogram.record(duration) }
        var text = MetricsText()
        text.histogram("h_seconds", "H.") { $0.sample(histogram, ["topic": "orders"]) }
        let lines = text.text.split(separator: "\n")
        #expect(lines[2] == #"h_seconds_bucket{topic="orders",le="0.00005"} 1"#)
        #expect(lines[3] == #"h_seconds_bucket{topic="orders",le="0.0001"} 1"#)
        #expect(lines[4] == #"h_seconds_bucket{topic="orders",le="0.00025"} 2"#)
        #expect(lines[16] == #"h_seconds_bucket{topic="orders",le="2.5"} 2"#)
        #expect(lines[17] == #"h_seconds_bucket{topic="orders",le="+Inf"} 3"#)
        #expect(lines[18] == #"h_seconds_sum{topic="orders"} 9.00025"#)
        #expect(lines[19] == #"h_seconds_count{topic="orders"} 3"#)
        #expect(lines.count == 20)
    }

    @Test func `labels are escaped`() {
        var text = MetricsText()
        text.gauge("g", "G.") { $0.sample(1, ["gateway": "a\"b\\c\nd"]) }
        #expect(text.text.hasSuffix(#"g{gateway="a\"b\\c\nd"} 1"# + "\n"))
    }

    @Test func `what combines with a quotation mark or a backslash does not hide it`() {
        var text = MetricsText()
        text.gauge("g", "G.") { $0.sample(1, ["gateway": "a\"\u{301}b\\\u{301}c\r\n"]) }
        #expect(text.text.hasSuffix("g{gateway=\"a\\\"\u{301}b\\\\\u{301}c\r\\n\"} 1\n"))
    }
}
