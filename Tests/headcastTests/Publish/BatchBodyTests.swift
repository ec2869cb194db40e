import Testing

@testable import headcast

struct BatchBodyTests {
    private func text(_ payloads: [[UInt8]], contentType: String? = nil) -> String {
        var batch = BatchBody(contentType: contentType)
        for payload in payloads { #expect(add(payload, to: &batch)) }
        return String(decoding: batch.bytes, as: UTF8.self)
    }

    /// For #expect, which calls nothing that mutates.
    private func add(_ payload: [UInt8], to batch: inout BatchBody) -> Bool { batch.add(payload) }

    @Test func `text stands there as text and the rest as base64`() {
        #expect(
            text([Array("a \"b\"".utf8), [], [0xFF, 0]]) == """
                {"payload":"a \\"b\\""}
                {"payload":""}
                {"payloadBase64":"/wA="}

                """)
    }

    @Test func `each entry says its content type`() {
        #expect(text([[0x61]], contentType: "text/plain") == #"{"payload":"a","contentType":"text/plain"}"# + "\n")
    }

    @Test func `what a gateway would not take is not added`() {
        var batch = BatchBody(contentType: nil)
        for _ in 0..<1_000 { #expect(add([0x61], to: &batch)) }
        #expect(!add([0x61], to: &batch))
        #expect(batch.count == 1_000)
        var large = BatchBody(contentType: nil)
        #expect(add([UInt8](repeating: 0, count: 2_700_000), to: &large))
        #expect(!add([UInt8](repeating: 0, count: 200_000), to: &large))
        #expect(add([0x61], to: &large))
        #expect(large.count == 2)
    }

    @Test func `the first is added however long it is, so that the gateway refuses it`() {
        var batch = BatchBody(contentType: nil)
        #expect(add([UInt8](repeating: 0x61, count: 17 << 20), to: &batch))
        #expect(!add([0x61], to: &batch))
    }
}
