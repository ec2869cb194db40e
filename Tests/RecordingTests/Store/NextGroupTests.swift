import Records
import Testing

@testable import Recording

struct NextGroupTests {
    private func candidates(_ names: String..., bytes: Int = 10) throws -> [(response: Response, bytes: Int)] {
        try names.map { (try Response($0, "k", "r", "p"), bytes) }
    }

    private func messages(_ responses: [Response]) -> [String] { responses.map(\.stateKey.messageID.text) }

    @Test func `what is added is taken once, in its order`() throws {
        let next = NextGroup(maximumResponses: 10, maximumBytes: 1_000)
        next.open()
        #expect(next.add(try candidates("a")) == 1)
        #expect(next.add(try candidates("b", "c")) == 2)
        #expect(messages(next.take()) == ["a", "b", "c"])
        #expect(next.add(try candidates("d")) == 1)
        #expect(messages(next.take()) == ["d"])
    }

    @Test func `a writer that found nothing is not given more before it is told`() throws {
        let next = NextGroup(maximumResponses: 10, maximumBytes: 1_000)
        #expect(next.add(try candidates("a")) == 0)
        next.open()
        #expect(next.take().isEmpty)
        #expect(next.add(try candidates("a")) == 0)
        next.open()
        #expect(next.add(try candidates("a")) == 1)
    }

    @Test func `a group has as many responses as it may, and no more`() throws {
        let next = NextGroup(maximumResponses: 2, maximumBytes: 1_000)
        next.open()
        #expect(next.add(try candidates("a", "b", "c")) == 2)
        #expect(next.add(try candidates("c")) == 0)
        #expect(messages(next.take()) == ["a", "b"])
        #expect(next.add(try candidates("c")) == 1)
    }

    @Test func `a group has as many bytes as it may, but one response in any case`() throws {
        let next = NextGroup(maximumResponses: 10, maximumBytes: 25)
        next.open()
        #expect(next.add(try candidates("a", "b", "c")) == 2)
        #expect(next.take().count == 2)
        #expect(next.add(try candidates("large", "small", bytes: 26)) == 1)
        #expect(messages(next.take()) == ["large"])
    }

    @Test func `once closed it takes nothing more, and what it has is taken`() throws {
        let next = NextGroup(maximumResponses: 10, maximumBytes: 1_000)
        next.open()
        #expect(next.add(try candidates("a")) == 1)
        next.close()
        #expect(next.add(try candidates("b")) == 0)
        #expect(messages(next.take()) == ["a"])
        #expect(next.take().isEmpty)
    }

    @Test func `what is abandoned is not taken`() throws {
        let next = NextGroup(maximumResponses: 10, maximumBytes: 1_000)
        next.open()
        #expect(next.add(try candidates("a")) == 1)
        next.abandon()
        #expect(next.add(try candidates("b")) == 0)
        next.open()
        #expect(next.add(try candidates("c")) == 1)
        #expect(messages(next.take()) == ["c"])
    }
}
