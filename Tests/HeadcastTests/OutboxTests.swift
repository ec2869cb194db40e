import Dispatch
import Headcast
import Synchronization
import Testing

struct OutboxTests {
    private let nowhere = Nowhere()

    private func responder(to url: String, _ change: (inout Responder.Options) -> Void = { _ in }) throws -> Responder {
        var options = Responder.Options.hasty
        change(&options)
        return try Responder(to: url, options)
    }

    @Test func `a response waits for room, and is taken when there is some`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try responder(to: recorder.url) { $0.outboxResponses = 3 }
        try await responder.respond(.init(-1))
        while recorder.requests.isEmpty { await Task.yield() }
        try await responder.respond(.init(0))
        try await responder.respond(.init(1))
        let waiting = Task { try await responder.respond(.init(2)) }
        for _ in 0..<100 { await Task.yield() }
        #expect(responder.counters.waiting == 3)
        recorder.release()
        try await waiting.value
        #expect(await responder.finish(within: .patience).stored == 4)
    }

    @Test func `bytes are bounded too, but one response always fits`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try responder(to: recorder.url) { $0.outboxBytes = 1_000 }
        try await responder.respond(.init(0, String(repeating: "x", count: 5_000)))
        let waiting = Task { try await responder.respond(.init(1)) }
        for _ in 0..<100 { await Task.yield() }
        #expect(responder.counters.waiting == 1)
        waiting.cancel()
        await #expect(throws: ResponderError.cancelled) { try await waiting.value }
        #expect(await responder.finish(within: .zero).waiting == 1)
    }

    @Test func `what is cancelled while it waits for room was not taken`() async throws {
        let responder = try responder(to: nowhere.url) { $0.outboxResponses = 1 }
        try await responder.respond(.init(0))
        let tasks = (1...20).map { number in Task { try await responder.respond(.init(number)) } }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: ResponderError.cancelled) { try await task.value } }
        #expect(responder.counters.waiting == 1)
    }

    @Test func `who waits behind one that is cancelled gets its room`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try responder(to: recorder.url) { $0.outboxBytes = 10_000 }
        try await responder.respond(.init(0, String(repeating: "x", count: 5_000)))
        let large = Task { try await responder.respond(.init(1, String(repeating: "x", count: 9_000))) }
        for _ in 0..<100 { await Task.yield() }
        let small = Task { try await responder.respond(.init(2)) }
        for _ in 0..<100 { await Task.yield() }
        large.cancel()
        await #expect(throws: ResponderError.cancelled) { try await large.value }
        try await small.value
        recorder.release()
        #expect(await responder.finish(within: .patience).stored == 2)
    }

    @Test func `nothing is lost or taken twice when many respond at once`() async throws {
        // Half of the answers are lost on their way back.
        let recorder = try FakeRecorder { lines, attempt in
            attempt % 2 == 0 ? .nothing : .results(lines.map { _ in 201 })
        }
        let responder = try responder(to: recorder.url) { $0.outboxResponses = 16 }
        try await withThrowingTaskGroup { group in
            for task in 0..<10 {
                group.addTask {
                    for number in 0..<50 { try await responder.respond(.init(task * 50 + number)) }
                }
            }
            try await group.waitForAll()
        }
        #expect(await responder.finish(within: .patience).stored == 500)
        let answered = recorder.requests.enumerated().filter { $0.offset % 2 == 1 }.flatMap(\.element)
        #expect(answered.count == 500 && Set(answered).count == 500)
    }

    // MARK: The end

    @Test func `who waits for room is told when the responder is finished`() async throws {
        let responder = try responder(to: nowhere.url) { $0.outboxResponses = 1 }
        try await responder.respond(.init(0))
        let waiting = Task { try await responder.respond(.init(1)) }
        for _ in 0..<100 { await Task.yield() }
        let counters = await responder.finish(within: .milliseconds(1))
        #expect(counters.waiting == 1)
        #expect(counters.failure?.contains("refused") ?? true)
        await #expect(throws: ResponderError.finished) { try await waiting.value }
        await #expect(throws: ResponderError.finished) { try await responder.respond(.init(2)) }
    }

    @Test func `a cancelled end does not wait, though a request is under way`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try responder(to: recorder.url)
        try await responder.respond(.init(0))
        while recorder.requests.isEmpty { await Task.yield() }
        let end = Task { await responder.finish(within: .seconds(1_000)) }
        end.cancel()
        #expect(await end.value.waiting == 1)
    }

    @Test func `the end may be asked for twice, and by several`() async throws {
        let recorder = try FakeRecorder()
        let responder = try responder(to: recorder.url)
        try await responder.respond(.init(0))
        async let first = responder.finish(within: .patience)
        async let second = responder.finish(within: .patience)
        #expect(await (first, second) == (.init(stored: 1), .init(stored: 1)))
        #expect(await responder.finish(within: .patience).stored == 1)
    }

    @Test func `one that gives up frees who waits for room`() async throws {
        let responder = try responder(to: nowhere.url) { $0.outboxResponses = 1 }
        responder.giveUp(afterSilenceOf: .patience)
        try await responder.respond(.init(0))
        let waiting = Task { try await responder.respond(.init(1)) }
        for _ in 0..<100 { await Task.yield() }
        responder.giveUp(afterSilenceOf: .zero)
        await #expect(throws: ResponderError.finished) { try await waiting.value }
        #expect(await responder.finish(within: .patience).waiting == 1)
    }

    @Test func `one that is stopped within a request keeps what failed before`() async throws {
        let never = DispatchSemaphore(value: 0)
        let recorder = try FakeRecorder { _, attempt in
            guard attempt == 0 else {
                never.wait()
                return .nothing
            }
            return .status(503)
        }
        defer { never.signal() }
        let responder = try responder(to: recorder.url)
        try await responder.respond(.init(0))
        while recorder.requests.count < 2 { await Task.yield() }
        let counters = await responder.finish(within: .zero)
        #expect((counters.waiting, counters.retries, counters.failure) == (1, 1, "answered 503"))
    }

    @Test func `one that its own report releases ends`() async throws {
        let recorder = try FakeRecorder { _, _ in .status(400) }
        let kept = Kept()
        try await {
            let responder = try responder(to: recorder.url) { $0.report = { _ in kept.release() } }
            kept.keep(responder)
            try await responder.respond(.init(0))
        }()
        while kept.isThere { await Task.yield() }
        #expect(recorder.requests.count == 1)
    }

    @Test func `one that nobody refers to ends`() async throws {
        let recorder = try FakeRecorder { _, _ in .status(503) }
        do {
            let responder = try responder(to: recorder.url) { $0.retryDelay = .seconds(10_000) ... .seconds(10_000) }
            try await responder.respond(.init(0))
            while recorder.requests.isEmpty { await Task.yield() }
        }
        // Else the thread would wait for its second try; the test would not end.
        #expect(recorder.requests.count == 1)
    }

    // MARK: What is refused at once

    @Test(arguments: [
        "", "x", "ftp://host", "http://", "http://host?a=b", "http://host#a", "http:// host", "host:8090",
        "http://host:8090/responses", "http://host/a/responses/", "http://host:8090/responses/batch",
    ])
    func `what is no URL of a recorder is refused`(url: String) {
        #expect(throws: ResponderError.url(url)) { try Responder(to: url) }
    }

    @Test(arguments: ["http://responses", "http://responses:8090/a", "https://host/responses/of/mine/"])
    func `a URL may have any host and path`(url: String) {
        #expect(throws: Never.self) { try Responder(to: url) }
    }

    @Test func `labels have 1 to 256 bytes, and payloads no more than is set`() async throws {
        let responder = try responder(to: nowhere.url) { $0.maximumPayloadBytes = 3 }
        let long = String(repeating: "ä", count: 128) + "x"
        for (response, error) in [
            (.init(messageID: "", key: "k", payload: []), .label("message id", bytes: 0)),
            (.init(messageID: "m", key: long, payload: []), .label("key", bytes: 257)),
            (.init(1, "1234"), .payloadTooLarge(bytes: 4, limit: 3)),
        ] as [(Responder.Response, ResponderError)] {
            await #expect(throws: error) { try await responder.respond(response) }
        }
        #expect(throws: ResponderError.label("responder", bytes: 0)) { try Responder(to: "http://host", as: "") }
        #expect(responder.counters.waiting == 0)
        #expect(ResponderError.label("key", bytes: 257).description == "a key of 257 bytes exceeds the limit of 256")
    }

    @Test func `a message is answered by its id, an event by its own, and a raw one not at all`() async throws {
        let recorder = try FakeRecorder(keepsWaiting: true)
        let responder = try Responder(to: recorder.url, as: "pod-1", .hasty)
        let reading = Reading { $0.formats = Set(Message.Format.allCases) }
        let event = #"{"specversion":"1.0","id":"mine","source":"s","type":"t"}"#
        try await responder.respond(.init(0))
        while recorder.requests.isEmpty { await Task.yield() }
        for message in reading.messages(of: [Script().plain(3), Array(event.utf8)]) {
            try await responder.respond(to: message, key: "k", payload: message.payload, contentType: "a/b")
        }
        let raw = try #require(reading.messages(of: [Array("hello".utf8)]).first)
        await #expect(throws: ResponderError.noMessageID) {
            try await responder.respond(to: raw, key: "k", payload: [])
        }
        recorder.release()
        #expect(await responder.finish(within: .patience).stored == 3)
        let common = #""key":"k","responder":"pod-1","#
        #expect(
            recorder.requests.last == [
                #"{"messageId":"00000000-0000-0000-0000-000000000003",\#(common)"topic":"orders","sequence":3,"#
                    + #""contentType":"a/b","payloadBase64":"AQ=="}"#,
                #"{"messageId":"mine",\#(common)"contentType":"a/b","payload":""}"#,
            ])
    }
}

/// The only thing that refers to a responder, until it is released.
private final class Kept: Sendable {
    private struct State {
        var responder: Responder?
        weak var trace: Responder?
    }

    private let state = Mutex(State())

    var isThere: Bool { state.withLock { $0.trace != nil } }

    func keep(_ responder: Responder) {
        state.withLock { $0 = State(responder: responder, trace: responder) }
    }

    func release() {
        // Its end comes outside of the lock.
        _ = state.withLock { $0.responder.take() }
    }
}
