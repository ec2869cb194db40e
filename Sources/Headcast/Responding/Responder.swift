import Requesting
import Wire

/// Answers messages to a recorder, which stores each state once, whoever says it first.
///
/// ```swift
/// import Headcast
///
/// let responder = try Responder(to: "http://headcast-recorder:8090")
/// for await message in try Subscription(listen: "[::]:12000") {
///     try await responder.respond(to: message, key: "total", payload: "7".utf8)
/// }
/// await responder.finish()
/// ```
/// Responses leave on a thread of its own: what gathers while a request is under way is the next one, a batch. What the
/// recorder cannot take now, and what gets no answer, is sent again until it is answered; so a response reaches the
/// recorder at least once, which does no harm there. A response that it refuses is never sent again: ``Options/report``
/// tells of it, and of every answer that differs from another pod's.
///
/// That a response was taken does not mean that it is stored: until the recorder has answered, it is in the memory of
/// this process alone. ``finish(within:)`` waits for that; a responder that nobody refers to any more gives up at once
/// what has no answer. So a program that is told to end cancels its subscription, lets its loop run out, and finishes
/// the responder after it. It calls ``giveUp(afterSilenceOf:)``, too, so that a loop that waits for room while the
/// recorder is away comes to its end.
public final class Responder: Sendable {
    /// The recorder, without a slash at its end.
    public let url: String
    /// Who answers.
    public let name: String

    private let outbox: Outbox
    private let maximumPayloadBytes: Int
    private let thread: WorkerThread

    /// - Parameters:
    ///   - url: of the recorder, `http://…` or `https://…`, the path before `/responses` included. Nobody is asked yet.
    ///   - name: who answers, 1 to 256 bytes; a pod's host name is the pod's name.
    public init(
        to url: String, as name: String = Responder.hostName, _ options: Options = Options()
    ) throws(ResponderError) {
        guard Self.isURL(url) else { throw .url(url) }
        try Response.check(name, "responder")
        self.url = String(url.reversed().drop { $0 == "/" }.reversed())
        self.name = name
        maximumPayloadBytes = options.maximumPayloadBytes
        let outbox: Outbox
        do throws(WorkerThread.Failure) {
            let bell = try Bell()
            outbox = Outbox(options, bell)
            let delivery = Delivery(url: self.url, responder: name, outbox: outbox, bell: bell, options: options)
            thread = try WorkerThread { delivery.run(until: $0) }
        } catch {
            throw .system(error.action, code: error.code)
        }
        self.outbox = outbox
    }

    deinit {
        thread.end()
    }

    /// Whether a recorder can be at this URL, which is not where it takes responses: those paths are added to it.
    package static func isURL(_ text: String) -> Bool {
        let path = text.split(separator: "/").dropFirst(2)
        return HTTPRequest.isURL(text) && !text.contains { "?#".contains($0) }
            && path.last != "responses" && path.suffix(2) != ["responses", "batch"]
    }

    /// Takes a response to a message on its way to the recorder, once there is room for it.
    ///
    /// - Parameters:
    ///   - key: which state this is about, 1 to 256 bytes; the record is that of message and key.
    ///   - payload: the state, as the recorder gives it back; two answers are the same if it is, byte for byte.
    ///   - contentType: of the payload, 1 to 256 bytes; it belongs to the answer, and the message's own is not taken.
    /// - Throws: ``ResponderError``; then the response was not taken.
    public func respond(
        to message: Message, key: String, payload: some Sequence<UInt8>, contentType: String? = nil
    ) async throws(ResponderError) {
        try await respond(try Response(to: message, key: key, payload: payload, contentType: contentType))
    }

    /// The same for what is known by an id of any kind: for a payload of a raw topic, one that stands in it perhaps.
    public func respond(_ response: Response) async throws(ResponderError) {
        try response.check()
        guard response.payload.count <= maximumPayloadBytes else {
            throw .payloadTooLarge(bytes: response.payload.count, limit: maximumPayloadBytes)
        }
        try await outbox.add(response)
    }

    /// What became of the responses so far. Any thread; takes a lock for a moment.
    public var counters: Counters { outbox.counters }

    /// From now on, ends the responder when responses have waited for so long, twice as long at most, and none was
    /// answered meanwhile: they are given up then, and no more is taken.
    ///
    /// Until then all goes on as before. Any thread, any number of times; returns at once.
    public func giveUp(afterSilenceOf limit: Duration) {
        Task { [outbox, thread] in
            var before: Int?
            while !outbox.hasEnded {
                let counters = outbox.counters
                let answered = counters.answered
                if counters.waiting > 0, answered == before { break }
                before = counters.waiting > 0 ? answered : nil
                try? await Task.sleep(for: max(limit, .milliseconds(1)))
            }
            outbox.close()
            thread.stop()
        }
    }

    /// Takes no more responses, and waits until the recorder has answered all that were taken.
    ///
    /// - Parameter limit: how long that may take; less where the task is cancelled. The responses that have no answer
    ///   then are given up.
    /// - Returns: the counters at the end; what ``Counters/waiting`` says was given up.
    @discardableResult
    public func finish(within limit: Duration = .seconds(10)) async -> Counters {
        outbox.close()
        let thread = thread
        let timer = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { thread.stop() }
        }
        await withTaskCancellationHandler {
            await outbox.waitForEnd()
        } onCancel: {
            thread.stop()
        }
        timer.cancel()
        thread.end()
        return outbox.counters
    }
}
