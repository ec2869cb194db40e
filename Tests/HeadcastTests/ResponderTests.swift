import HTTPForTests
import Headcast
import Synchronization
import Testing

struct ResponderTests {
    private let told = Told()

    private func responder(to url: String, _ change: (inout Responder.Options) -> Void = { _ in }) throws -> Responder {
        var options = Responder.Options.hasty
        options.report = { [told] in told.add($0) }
        change(&options)
        return try Responder(to: url, as: "pod-1", options)
    }

    // MARK: What is sent

    @Test func `a response is an entry with all that is known of the message`() async throws {
        let recorder = try FakeRecorder()
        let responder = try responder(to: recorder.url + "/")
        var response = Responder.Response(7, #"say "7""#)
        response.topic = "orders"
        response.sequence = 3
        response.contentType = "text/plain"
        try await responder.respond(response)
        #expect(await responder.finish(within: .patience) == .init(stored: 1))
        #expect(
            recorder.requests == [
                [
                    #"{"messageId":"m7","key":"total","responder":"pod-1","topic":"orders","sequence":3,"#
                        + #""contentType":"text/plain","payload":"say \"7\""}"#
                ]
            ])
        let request = try #require(recorder.server.requests.first)
        #expect(request.hasPrefix("POST /responses/batch HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("\r\ncontent-type: application/x-ndjson\r\n"))
    }

    @Test(
        arguments: [
            ([0xFF, 0x00], #""payloadBase64":"/wA=""#), ([], #""payload":"""#),
            ([0, 0, 0, 0, 0], #""payloadBase64":"AAAAAAA=""#),
            ([0xC3, 0xA4], #""payload":"ä""#),
        ] as [([UInt8], String)])
    func `a payload travels as text, or in base64 where that is shorter`(payload: [UInt8], field: String) async throws {
        let recorder = try FakeRecorder()
        let responder = try responder(to: recorder.url)
        try await responder.respond(.init(messageID: "m", key: "k", payload: payload))
        await responder.finish(within: .patience)
        #expect(recorder.requests.first?.first?.hasSuffix(field + "}") == true)
    }

    @Test func `what gathers while a request is under way is the next one, a thousand at most`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try responder(to: recorder.url)
        try await recorder.gather(2_500, from: responder)
        #expect(await responder.finish(within: .patience) == .init(stored: 2_501))
        #expect(recorder.requests.map(\.count) == [1, 1_000, 1_000, 500])
        let ids = recorder.requests.joined().map { $0.prefix { $0 != "," } }
        #expect(ids == (-1..<2_500).map { #"{"messageId":"m\#($0)""# })
    }

    @Test func `large responses make smaller requests`() async throws {
        let recorder = try FakeRecorder()
        let responder = try responder(to: recorder.url) { $0.outboxBytes = 64 << 20 }
        let payload = String(repeating: "x", count: 1 << 20)
        for number in 0..<10 { try await responder.respond(.init(number, payload)) }
        #expect(await responder.finish(within: .patience) == .init(stored: 10))
        #expect(recorder.requests.allSatisfy { $0.count <= 8 })
    }

    // MARK: What comes back

    @Test func `each final answer is counted, and those against a response are told`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { _, _ in .results([201, 200, 409, 400, 302]) }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(5, from: responder)
        #expect(await responder.finish(within: .patience) == .init(stored: 2, repeated: 1, diverged: 1, refused: 2))
        #expect(
            told.all == [
                "m2 diverged: about 409", "m3 refused 400 code_400: about 400", "m4 refused 302 : answered 302",
            ])
    }

    @Test(arguments: [404, 301, 400])
    func `an answer to a whole batch is the answer to each`(status: Int) async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { _, _ in .status(status, body: "<p>no") }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(2, from: responder)
        #expect(await responder.finish(within: .patience) == .init(stored: 1, refused: 2))
        #expect(told.all == (0...1).map { "m\($0) refused \(status) : answered \(status)" })
    }

    @Test func `a batch that is too large is divided until only what is too large is refused`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, _ in
            lines.contains { $0.contains(#""m3""#) } ? .status(413) : .results(lines.map { _ in 201 })
        }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(8, from: responder)
        let counters = await responder.finish(within: .patience)
        #expect(counters == .init(stored: 8, refused: 1, retries: counters.retries))
        #expect(recorder.requests.map(\.count) == [1, 8, 4, 2, 2, 1, 1, 1, 1, 1, 1])
        #expect(told.all == ["m3 refused 413 : answered 413"])
    }

    @Test func `what gets no answer in time is sent in smaller requests`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, _ in
            lines.count > 1 ? .late : .results(lines.map { _ in 201 })
        }
        let responder = try responder(to: recorder.url) { $0.timeout = .milliseconds(300) }
        try await recorder.gather(4, payload: String(repeating: "x", count: 64 << 10), from: responder)
        #expect(await responder.finish(within: .patience).stored == 5)
        #expect(recorder.requests.last?.count == 1)
    }

    @Test func `what gets too long an answer is sent in smaller requests`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, _ in
            lines.count > 1
                ? .status(200, body: String(repeating: " ", count: 17 << 20)) : .results(lines.map { _ in 201 })
        }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(4, from: responder)
        #expect(await responder.finish(within: .patience).stored == 5)
        #expect(recorder.requests.map(\.count) == [1, 4, 2, 1, 1, 1, 1])
        #expect(told.all.isEmpty)
    }

    @Test(
        arguments: [
            (
                .status(503, body: #"{"error":{"code":"store_full","message":"no room"}}"#),
                "answered 503 store_full: no room"
            ),
            (.status(500), "answered 500"), (.status(429), "answered 429"),
            (.status(200, body: "<html>"), "answered 200, but not as a recorder does"),
            (.status(204), "answered 204, but not as a recorder does"),
            (.results([201]), "answered 200, but not as a recorder does"),
            (.results([201, 201, 201]), "answered 200, but not as a recorder does"),
            (.results([503, 429]), "answered 503 code_503: about 503"),
            (.nothing, nil),
        ] as [(FakeRecorder.Said, String?)])
    func `what is no final answer is asked again until there is one`(
        said: FakeRecorder.Said, reason: String?
    ) async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, attempt in
            attempt < 4 ? said : .results(lines.map { _ in 201 })
        }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(2, from: responder)
        let counters = await responder.finish(within: .patience)
        #expect((counters.stored, counters.waiting, counters.failure) == (3, 0, nil))
        #expect(counters.retries >= 4)
        #expect(told.all.count == 2 && told.all.last == "recovered")
        if let reason { #expect(told.all.first == "failing: \(reason)") }
    }

    @Test func `of a batch, only what has no final answer is sent again, and first`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, attempt in
            attempt == 0 ? .results([201, 503, 409, 429]) : .results(lines.map { _ in 200 })
        }
        let responder = try responder(to: recorder.url)
        try await recorder.gather(4, from: responder)
        #expect(await responder.finish(within: .patience) == .init(stored: 2, repeated: 2, diverged: 1, retries: 1))
        #expect(recorder.requests.last?.map { $0.prefix(17) } == [#"{"messageId":"m1""#, #"{"messageId":"m3""#])
    }

    @Test func `tries that get something done do not make the waits longer`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true) { lines, _ in
            .results(lines.indices.map { $0 == 0 ? 201 : 503 })
        }
        // After thirty waits, each twice as long as the one before, the test would not end.
        let responder = try responder(to: recorder.url) { $0.retryDelay = .milliseconds(1) ... .seconds(1_000_000) }
        try await recorder.gather(30, from: responder)
        #expect(await responder.finish(within: .patience).stored == 31)
    }
}
