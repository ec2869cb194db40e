import Endpoints
import Testing

@testable import headcast_benchmark

struct ServingTests {
    @Test func `where a server listens is read from among its log`() {
        let endpoint = Endpoint(address: .loopback, port: 4_711)
        let log = #"{"level":"info","message":"starting"}"# + "\n" + ListeningLine.text(endpoint)
        #expect(ListeningLine.endpoint(in: log) == endpoint)
        #expect(ListeningLine.endpoint(in: String(log.dropLast())) == nil)
    }

    @Test(arguments: [
        "", "\n", "listening\n", #"{"message":"listening"}"# + "\n", #"{"message":"listening","endpoint":"x"}"# + "\n",
    ])
    func `a server that tells no address does not listen`(text: String) {
        #expect(ListeningLine.endpoint(in: text) == nil)
    }

    @Test func `the empty name server knows no name`() throws {
        let question: [UInt8] = [4] + Array("test".utf8) + [0, 0, 1, 0, 1]
        let query: [UInt8] = [7, 8, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1] + question + [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]
        let answer = try #require(EmptyNameServer.answer(to: query[...]))
        #expect(answer == [7, 8, 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0] + question)
    }

    @Test func `the empty name server has no answer to what is cut short`() {
        let query: [UInt8] = [7, 8, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("test".utf8) + [0, 0, 1, 0, 1]
        for count in 0..<query.count { #expect(EmptyNameServer.answer(to: query[..<count]) == nil) }
    }
}
