import Records
import Testing

struct AnswerTests {
    @Test func `answers are the same when payload and content type are`() throws {
        let answer = Answer(payload: [1, 0, 2])
        #expect(answer == Answer(payload: [1, 0, 2]))
        #expect(answer != Answer(payload: [1, 0]))
        #expect(try answer != Answer(payload: [1, 0, 2], contentType: Label("text/plain")))
    }

    @Test func `a digest tells payload and content type apart`() throws {
        let answers = [
            Answer(payload: []), Answer(payload: Array("text/plain".utf8)),
            try Answer(payload: [], contentType: Label("text/plain")),
            try Answer(payload: Array("/plain".utf8), contentType: Label("text")),
        ]
        #expect(Set(answers.map(\.digest)).count == answers.count)
        #expect(answers.allSatisfy { $0.digest.count == 32 })
    }

    @Test func `a digest is SHA-256 of the counted content type and the payload`() {
        // printf '\0\0\0\0\0\0\0\0abc' | sha256sum
        let digest = Answer(payload: Array("abc".utf8)).digest
        #expect(digest.prefix(4) == [0xF3, 0x65, 0x2E, 0x4C])
    }
}
