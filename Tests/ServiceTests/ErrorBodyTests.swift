import JSON
import Service
import Testing

struct ErrorBodyTests {
    @Test func `an error is one object with code and message first`() {
        let body = ErrorBody(.payloadTooLarge, "payload of 2000 bytes exceeds the limit of 1232")
        let expected = """
            {"error":{"code":"payload_too_large","message":"payload of 2000 bytes exceeds the limit of 1232","limit":1232}}

            """
        #expect(String(decoding: body.bytes { $0.field("limit", 1_232) }, as: UTF8.self) == expected)
    }

    @Test func `an error may carry a whole object`() {
        let body = ErrorBody(.sendFailed, "x").bytes { error in error.object("receipt") { $0.field("sent", 0) } }
        let expected = #"{"error":{"code":"send_failed","message":"x","receipt":{"sent":0}}}"# + "\n"
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    @Test func `codes are snake case and stand for an error status`() {
        for code in ErrorCode.allCases {
            #expect(code.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (97...122).contains($0) })
            #expect((400...599).contains(code.status))
        }
    }

    @Test func `what may succeed later says when`() {
        #expect(
            ErrorCode.allCases.filter { $0.status == 503 || $0.status == 429 }.allSatisfy {
                $0.retryAfterSeconds != nil
            })
        #expect(ErrorCode.idempotencyInProgress.retryAfterSeconds != nil)
        let hopeless = ErrorCode.allCases.filter { $0.status < 429 && $0 != .idempotencyInProgress }
        #expect(hopeless.allSatisfy { $0.retryAfterSeconds == nil })
    }
}
