import Testing

@testable import Requesting

struct HTTPAnswerMessageTests {
    private func answer(_ text: String) -> HTTPAnswer? { HTTPAnswer(message: Array(text.utf8)) }

    @Test func `status, body and Retry-After are read`() throws {
        let text = "HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER: 7\r\ncontent-length:2\r\n\r\nnono"
        let answer = try #require(self.answer(text))
        #expect(answer.status == 503)
        #expect(answer.body == Array("no".utf8))
        #expect(answer.retryAfter == .seconds(7))
    }

    @Test(
        arguments: [
            "", "\r\n\r\n", "HTTP/1.1 413 Too Large\r\n\r\nno", "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno",
            "HTTP/1.1 413 Too Large\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 413\r\nnonsense\r\nContent-Length: 0\r\n\r\n", "\u{16}\u{3}\u{1} 200 \r\n\r\n",
        ]
    )
    func `what is no answer in full is none`(text: String) {
        #expect(answer(text) == nil)
    }
}
