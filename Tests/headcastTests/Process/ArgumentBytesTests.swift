import Testing

@testable import headcast

struct ArgumentBytesTests {
    private func fault(_ arguments: [UInt8]...) -> String? {
        ArgumentBytes.fault(in: [Array("headcast".utf8)] + arguments)
    }

    private let publish = Array("publish".utf8)
    private let bytes: [UInt8] = [0xFF, 0xFE]

    @Test func `a payload that is not UTF-8 is led to standard input`() {
        #expect(
            fault(publish, [0x72], bytes) == "argument 3 is not UTF-8; standard input takes a payload of any bytes")
    }

    @Test func `the flag is named whose value is not UTF-8`() {
        let flag = Array("--attribute".utf8)
        #expect(fault(publish, flag, bytes) == "argument 3, after --attribute, is not UTF-8")
        #expect(fault(publish, flag + [0x3D] + bytes) == "argument 2, after --attribute, is not UTF-8")
        #expect(fault(Array("status".utf8), Array("--topic".utf8), bytes) == "argument 3, after --topic, is not UTF-8")
    }

    @Test func `text of any language is taken`() {
        #expect(fault(publish, Array("é🎉\u{0}".utf8), [], Array("--=x".utf8)) == nil)
        #expect(ArgumentBytes.all.first?.isEmpty == false)
    }
}
