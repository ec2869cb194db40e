import CBaseline
import Testing

/// The load generator's own reader of HTTP.
struct AnswerTests {
    private final class Answer {
        private let answer = baseline_answer_open()

        deinit { baseline_answer_close(answer) }

        func take(_ text: String) -> Int { take(Array(text.utf8)) }

        func take(_ bytes: [UInt8]) -> Int {
            baseline_answer_take(answer, bytes.map { CChar(bitPattern: $0) }, bytes.count)
        }

        var isComplete: Bool { baseline_answer_is_complete(answer) != 0 }
        var status: Int32 { baseline_answer_status(answer) }
    }

    private static let created = "HTTP/1.1 201 Created\r\nDate: now\r\ncontent-length:  5\r\n\r\nhello"

    @Test func `an answer ends with the last byte of its body`() {
        let answer = Answer()
        #expect(answer.take(Self.created + "HTTP/1.1 200") == Self.created.utf8.count)
        #expect(answer.isComplete)
        #expect(answer.status == 201)
    }

    @Test func `an answer may come byte by byte`() {
        let answer = Answer()
        for (index, byte) in Self.created.utf8.enumerated() {
            #expect(!answer.isComplete)
            #expect(answer.take([byte]) == 1, "byte \(index)")
        }
        #expect(answer.isComplete)
    }

    @Test(arguments: 0..<60) func `a truncated answer is not complete`(count: Int) {
        let answer = Answer()
        #expect(Self.created.utf8.count == 60)
        #expect(answer.take(Array(Self.created.utf8.prefix(count))) == count)
        #expect(!answer.isComplete)
    }

    @Test func `an answer without a body is complete with its head`() {
        let answer = Answer()
        #expect(answer.take("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") == 55)
        #expect(answer.isComplete)
        #expect(answer.status == 503)
    }

    @Test(
        arguments: [
            "\r\n\r\n", "garbage\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1234567890123456\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 5_000),
        ])
    func `what is no answer that it understands is refused`(text: String) {
        let answer = Answer()
        #expect(answer.take(text) == -1)
        #expect(!answer.isComplete)
    }

    @Test func `any bytes at all neither crash nor complete it`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let answer = Answer()
            let count = Int.random(in: 0..<300, using: &generator)
            _ = answer.take((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            #expect(!answer.isComplete)
        }
    }
}
