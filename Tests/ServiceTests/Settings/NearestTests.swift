import Service
import Testing

struct NearestTests {
    private let names = ["listen", "topics", "copies", "spacing", "drainDelay", "drainTimeout"]

    @Test(arguments: [
        ("lisen", "listen"), ("lsiten", "listen"), ("LISTEN", "listen"), ("topic", "topics"),
        ("drainTimeouts", "drainTimeout"),
    ])
    func `a slip is recognised`(written: String, meant: String) {
        #expect(nearest(to: written, among: names) == meant)
    }

    @Test(arguments: ["", "x", "port", "somethingElse", String(repeating: "listen", count: 11)])
    func `what resembles nothing is left alone`(written: String) {
        #expect(nearest(to: written, among: names) == nil)
    }
}
