import Clocks
import Endpoints
import Headcast
import Requesting
import Service

/// A gateway and its subscribers in one process, perhaps with a recorder, and what there is to see of them.
struct Demo {
    static let messages = ["hello, pods", "tea is 3.20 today", #"{"order":17,"paid":true}"#]

    let gateway: DemoGateway
    let subscribers: DemoSubscribers
    /// Is answered every message, if it is there.
    let recorder: DemoRecorder?
    /// What each subscriber answers with.
    private let responders: [Endpoint: Responder]

    /// How long a message may take to reach every subscriber.
    var patience = Duration.seconds(5)

    /// Takes text of whole lines.
    let show: (String) throws -> Void

    private let http: HTTPClient
    private let client: GatewayClient

    init(
        gateway: DemoGateway, subscribers: DemoSubscribers, recorder: DemoRecorder? = nil, http: HTTPClient,
        show: @escaping (String) throws -> Void
    ) throws {
        self.gateway = gateway
        self.subscribers = subscribers
        self.recorder = recorder
        self.http = http
        self.show = show
        responders = try Dictionary(
            uniqueKeysWithValues: recorder.map { recorder in
                try subscribers.endpoints.map { ($0, try Responder(to: recorder.url, as: $0.description)) }
            } ?? [])
        client = GatewayClient(url: "http://\(gateway.endpoint)", http: http, usesProxy: false)
    }

    func showWhereEverythingIs() throws {
        let count = subscribers.endpoints.count
        let column = subscribers.endpoints.map(\.description).joined(separator: "\n               ")
        let place = recorder.map { "\n  recorder     \($0.url)" } ?? ""
        let answers =
            recorder.map { _ in "\nEach subscriber answers the recorder, which stores each state once." } ?? ""
        try show(
            """
            One gateway\(recorder == nil ? " and" : ",") \(count) subscriber\(count == 1 ? "" : "s")\
            \(recorder == nil ? "" : " and a recorder"), all on this machine.

              gateway      http://\(gateway.endpoint)
              subscribers  \(column)\(place)

            Messages go in by HTTP. Each comes out as one datagram for every subscriber.\(answers)


            """)
    }

    /// How it went with the messages.
    enum Showing {
        /// Every subscriber received, and answered, each.
        case complete
        case incomplete
        /// A signal came first.
        case stopped
    }

    /// Publishes the messages one by one.
    func showThreeMessages() async throws -> Showing {
        var showing = Showing.complete
        for message in Self.messages {
            guard !subscribers.isStopped else { return .stopped }
            if try await !show(publishing: message) { showing = subscribers.isStopped ? .stopped : .incomplete }
            if showing == .stopped { return showing }
        }
        return showing
    }

    /// - Parameter isServing: whether the demo goes on, so that it can be tried at once.
    func showWhatToTry(isServing: Bool) throws {
        let address = "http://\(gateway.endpoint)"
        try show(
            """
            \(isServing ? "Your turn, from another terminal:" : "Run the demo in a terminal and it goes on serving, for example:")

              curl -d hello \(address)/publish/\(DemoGateway.topic)
              curl \(address)/status\(recorder.map { "\n  curl \($0.url)/records" } ?? "")

            \(isServing ? "What arrives shows here. Ctrl-C ends the demo.\n\n" : "")
            """)
    }

    /// Shows every datagram that arrives until it is stopped.
    func showArrivals() async throws {
        while let arrivals = try subscribers.next() {
            for arrival in arrivals { try await take(arrival) }
        }
        try show("\n")
    }

    /// Ends the servers once everything is answered.
    func stop() async {
        await withDiscardingTaskGroup { group in
            for responder in responders.values { group.addTask { await responder.finish() } }
        }
        await gateway.stop()
        await recorder?.stop()
    }

    /// Whether every subscriber received, and answered, `message`.
    private func show(publishing message: String) async throws -> Bool {
        try show("  POST /publish/\(DemoGateway.topic)  \(message)\n")
        let outcome = client.publish(Array(message.utf8), to: DemoGateway.topic, PublishRequestOptions())
        let deadline = Instant.now + patience
        var missing = Set(subscribers.endpoints)
        while !missing.isEmpty, let arrivals = try subscribers.next(before: deadline) {
            for arrival in arrivals {
                try await take(arrival)
                if arrival.message.payload.elementsEqual(message.utf8) { missing.remove(arrival.subscriber) }
            }
        }
        if !missing.isEmpty, subscribers.isStopped { return false }
        for endpoint in missing.sorted() { try show(line(endpoint.description, "NOTHING")) }
        try show(line("receipt", outcome.text(gateway: client.url).visible))
        let isRecorded = try await showRecord(of: outcome, before: deadline)
        try show("\n")
        return missing.isEmpty && isRecorded
    }

    /// Shows what arrived, and answers it with its own payload where there is a recorder.
    private func take(_ arrival: DemoSubscribers.Arrival) async throws {
        try show(line(arrival.subscriber.description, arrival.text))
        guard let responder = responders[arrival.subscriber] else { return }
        do throws(ResponderError) {
            try await responder.respond(to: arrival.message, key: "state", payload: arrival.message.payload)
        } catch {
            try show(line("", "not answered: \(error)"))
        }
    }

    /// Whether every subscriber's answer is there, or nobody records any.
    private func showRecord(of outcome: PublishOutcome, before deadline: Instant) async throws -> Bool {
        guard let recorder else { return true }
        guard case .taken(let receipt, _) = outcome else { return false }
        let count = subscribers.endpoints.count
        let record = try await recorder.record(of: receipt.id, answers: count, http: http) {
            .now < deadline && !subscribers.isStopped
        }
        let text = record.map { record in
            "\(record.key) \((record.payload ?? "").quoted), \(record.answers) answer\(record.answers == 1 ? "" : "s"), the first "
                + "from \(record.responder)"
        }
        try show(line("record", text ?? "NOTHING"))
        return record?.answers == count
    }

    private func line(_ label: String, _ text: String) -> String {
        "    \(label)\(String(repeating: " ", count: max(1, 18 - label.count)))\(text)\n"
    }
}
