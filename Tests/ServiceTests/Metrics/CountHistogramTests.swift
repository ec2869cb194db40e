import Service
import Testing

struct CountHistogramTests {
    @Test func `counts fall into ranges that include their bounds`() {
        var histogram = CountHistogram()
        for count in [1, 2, 3, 1_000, 1_001, 20_000] { histogram.record(count) }
        var text = MetricsText()
        text.histogram("groups", "Groups.") { $0.sample(histogram) }
        for line in [
            #"groups_bucket{le="1"} 1"#, #"groups_bucket{le="2"} 2"#, #"groups_bucket{le="5"} 3"#,
            #"groups_bucket{le="1000"} 4"#, #"groups_bucket{le="10000"} 5"#, #"groups_bucket{le="+Inf"} 6"#,
            "groups_sum 22007", "groups_count 6",
        ] { #expect(text.text.contains(line + "\n"), "\(line)") }
    }
}
