import Foundation
import JSON
import Testing

struct Base64Tests {
    @Test(arguments: 0..<70)
    func `bytes are encoded as Foundation does and come back`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        let text = Base64.encode(bytes.span)
        #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
        #expect(Base64.decode(text.span) == bytes)
    }

    private func decode(_ text: String) -> [UInt8]? { Base64.decode(Array(text.utf8).span) }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func `the test vectors of RFC 4648 are decoded`(text: String, expected: String) {
        #expect(decode(text) == Array(expected.utf8))
    }

    @Test func `what Foundation encodes is decoded`() {
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            #expect(decode(Data(bytes).base64EncodedString()) == bytes)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Z===", "Zm=v", "Zg==Zg==", "Zm9v\n", "Zm9vYg==\n", " Zm9",
        "Zm-_",
        "Zh==", "Zm9=", "Zm8é",
    ])
    func `anything else is nothing`(text: String) {
        #expect(decode(text) == nil)
    }
}
