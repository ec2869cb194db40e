import Clocks
import Headcast
import Service
import Synchronization

/// Answers messages to a recorder, and tells a person what does not go well.
struct Answering {
    /// How long the recorder may be silent from the end on, and how long what is sent last may take.
    private static let patience = Duration.seconds(10)
    /// The most that a recorder can be set to take; what this one takes, it says itself.
    static let maximumPayloadBytes = 8 << 20

    /// From the end on, until it is said what is waited for.
    private static let silence = Duration.seconds(1)

    private let responder: Responder
    private let key: String
    private let tongue: Tongue
    private let remark = Remark()

    /// - Parameters:
    ///   - name: who answers; nil for the name of the host.
    ///   - key: which state the answers are about.
    init(to url: String, as name: String?, key: String) throws(ResponderError) {
        let tongue = Tongue(url: url)
        var options = Responder.Options()
        // As curl(1) and "headcast publish" do.
        options.usesProxy = true
        options.maximumPayloadBytes = Self.maximumPayloadBytes
        options.report = { tongue.tell($0) }
        responder = try Responder(to: url, as: name ?? Surroundings.hostName(in: Surroundings.environment), options)
        self.key = key
        self.tongue = tongue
    }

    /// Returns once there is room for the answer on its way.
    func answer(
        _ message: Message, with payload: some Sequence<UInt8> & Sendable, contentType: String? = nil
    ) async {
        do throws(ResponderError) {
            try await responder.respond(to: message, key: key, payload: payload, contentType: contentType)
        } catch {
            tongue.countUnanswered(error.kind, "\(message.name) is not answered: \(error.told)")
        }
    }

    /// Counts a message whose command failed, which was told already.
    func countFailedCommand() {
        tongue.countUnanswered("command")
    }

    /// From now on, gives up what waits for a recorder that answers nothing, and who waits for room with it.
    ///
    /// If that takes a while, it says what is waited for.
    func beginEnd() {
        responder.giveUp(afterSilenceOf: Self.patience)
        remark.begin { [responder] in
            repeat { try await Task.sleep(for: Self.silence) } while responder.counters.waiting == 0
            let responses = Wording.count(responder.counters.waiting, "response")
            StandardError.print(
                "waiting for the recorder at \(responder.url) to take \(responses), and giving up once it has been "
                    + "silent for \(Self.patience.text); another signal ends this at once")
        }
    }

    /// Waits until the recorder has answered all, and says how it went.
    func finish() async throws {
        let counters = await responder.finish(within: Self.patience)
        remark.end()
        if let text = Self.account(of: counters) { StandardError.print(text) }
        let unanswered = tongue.unanswered
        if unanswered > 0 { StandardError.print("\(Wording.count(unanswered, "message")) not answered") }
        guard counters.waiting + counters.refused + tongue.unanswered == 0 else {
            let reason = counters.failure.map { ": recorder at \(responder.url): \($0)" } ?? ""
            throw ProgramFailure("not every message was answered\(reason)")
        }
    }

    /// `12 responses: 3 stored, 9 repeated`; nil without any.
    static func account(of counters: Responder.Counters) -> String? {
        let parts = [
            (counters.stored, "stored"), (counters.repeated, "repeated"), (counters.diverged, "diverged"),
            (counters.refused, "refused"), (counters.waiting, "not acknowledged"),
        ]
        let count = parts.reduce(0) { $0 + $1.0 }
        guard count > 0 else { return nil }
        let list = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
        return "\(Wording.count(count, "response")): \(list.joined(separator: ", "))"
    }

    /// Something that is said unless its time is over before.
    private final class Remark: Sendable {
        private let task = Mutex<Task<Void, any Error>?>(nil)

        /// Once; later ones say nothing.
        func begin(_ say: @escaping @Sendable () async throws -> Void) {
            task.withLock { task in
                if task == nil { task = Task(operation: say) }
            }
        }

        func end() { task.withLock { $0?.cancel() } }
    }

    /// Says what happens on standard error, and of messages that are not answered, the first of each kind.
    private final class Tongue: Sendable {
        private let url: String
        private let counts = Mutex<[String: Int]>([:])

        init(url: String) { self.url = url }

        /// Messages to which no answer is under way.
        var unanswered: Int { counts.withLock { $0.values.reduce(0, +) } }

        func tell(_ event: Responder.Event) {
            switch event {
            case .refused(let response, let refusal):
                StandardError.print("the response to message \(response.messageID) is refused: \(refusal.text)")
            case .diverged(let response, let refusal):
                StandardError.print(
                    "the response to message \(response.messageID) diverges: \(refusal.message.visible)")
            case .failing(let reason):
                StandardError.print("recorder at \(url): \(reason.visible); responses wait")
            case .recovered: StandardError.print("recorder at \(url) answers again")
            }
        }

        func countUnanswered(_ kind: String, _ text: @autoclosure () -> String? = nil) {
            let isFirst = counts.withLock { counts in
                counts[kind, default: 0] += 1
                return counts[kind] == 1
            }
            if isFirst, let text = text() { StandardError.print(text) }
        }
    }
}

extension Responder.Refusal {
    fileprivate var text: String {
        code.isEmpty ? "\(message.visible)" : "\(status) \(code.visible): \(message.visible)"
    }
}

extension ResponderError {
    /// The way out for whoever runs a subscriber: a message that came cannot be given an id.
    fileprivate var told: String {
        guard case .noMessageID = self else { return description }
        return "it has no id; messages have one where their topic has format=enveloped or format=cloudevents"
    }

    /// The same for errors that differ in numbers alone.
    fileprivate var kind: String {
        switch self {
        case .noMessageID: "id"
        case .label(let what, _): what
        case .payloadTooLarge: "payload"
        default: description
        }
    }
}
