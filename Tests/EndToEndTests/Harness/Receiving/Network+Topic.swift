extension Network {
    /// A topic with the format `enveloped` that goes to all pods, or those at these positions, as `--topic` takes it.
    func topic(_ name: String, _ query: String = "", to positions: Range<Int>? = nil) -> String {
        "\(name)=static://\(endpoints(positions))?format=enveloped&\(query)"
    }

    /// The receivers of all pods, or those at these positions, as a source takes them.
    func endpoints(_ positions: Range<Int>? = nil) -> String {
        (positions ?? pods.indices).map { "\(address($0)):\(Receiver.port)" }.joined(separator: ",")
    }
}

extension Gateway {
    /// Waits until everything published was sent as often as it is to be.
    func isQuiet(_ topic: String = "orders") async throws {
        try await eventually("\(topic) is sent", or: { program.account }) {
            try await self.topic(topic)["backlog"]["messages"].int == 0
        }
    }
}
