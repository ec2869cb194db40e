import Clocks
import Endpoints
import Requesting
import Service

/// A gateway and its subscribers in one process, and what there is to see of them.
struct Demo {
    static let messages = ["hello, pods", "tea is 3.20 today", #"{"order":17,"paid":true}"#]

    let gateway: DemoGateway
    let subscribers: DemoSubscribers

    /// How long a message may take to reach every subscriber.
    var patience = Duration.seconds(5)

    /// Takes text of whole lines.
    let show: (String) throws -> Void

    private let client: GatewayClient

    init(
        gateway: DemoGateway, subscribers: DemoSubscribers, http: HTTPClient, show: @escaping (String) throws -> Void
    ) {
        self.gateway = gateway
        self.subscribers = subscribers
        self.show = show
        client = GatewayClient(url: "http://\(gateway.endpoint)", http: http, usesProxy: false)
    }

    func showWhereEverythingIs() throws {
        let count = subscribers.endpoints.count
        let column = subscribers.endpoints.map(\.description).joined(separator: "\n               ")
        try show(
            """
            One gateway and \(count) subscriber\(count == 1 ? "" : "s"), all on this machine.

              gateway      http://\(gateway.endpoint)
              subscribers  \(column)

            Messages go in by HTTP. Each comes out as one datagram for every subscriber.


            """)
    }

    /// Publishes the messages one by one; whether every subscriber received each.
    func showThreeMessages() throws -> Bool {
        var isComplete = true
        for message in Self.messages {
            guard try show(publishing: message) else {
                isComplete = false
                continue
            }
        }
        return isComplete
    }

    /// - Parameter isServing: whether the demo goes on, so that it can be tried at once.
    func showWhatToTry(isServing: Bool) throws {
        let address = "http://\(gateway.endpoint)"
        try show(
            """
            \(isServing ? "Your turn, from another terminal:" : "Run the demo in a terminal and it goes on serving, for example:")

              curl -d hello \(address)/publish/\(DemoGateway.topic)
              curl \(address)/status

            \(isServing ? "What arrives shows here. Ctrl-C ends the demo.\n\n" : "")
            """)
    }

    /// Shows every datagram that arrives until `stop` is readable.
    func showArrivals(until stop: Int32) throws {
        while let arrivals = try subscribers.next(or: stop) {
            for arrival in arrivals { try show(line(arrival.subscriber.description, arrival.text)) }
        }
        try show("\n")
    }

    private func show(publishing message: String) throws -> Bool {
        try show("  POST /publish/\(DemoGateway.topic)  \(message)\n")
        let outcome = client.publish(Array(message.utf8), to: DemoGateway.topic, PublishRequestOptions())
        let deadline = Instant.now + patience
        var missing = Set(subscribers.endpoints)
        while !missing.isEmpty, let arrivals = try subscribers.next(before: deadline) {
            for arrival in arrivals {
                try show(line(arrival.subscriber.description, arrival.text))
                if arrival.payload.elementsEqual(message.utf8) { missing.remove(arrival.subscriber) }
            }
        }
        for endpoint in missing.sorted() { try show(line(endpoint.description, "NOTHING")) }
        try show(line("receipt", outcome.text(gateway: client.url).visible) + "\n")
        return missing.isEmpty
    }

    private func line(_ label: String, _ text: String) -> String {
        "    \(label)\(String(repeating: " ", count: max(1, 18 - label.count)))\(text)\n"
    }
}
