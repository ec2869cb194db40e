import Headcast

extension Message {
    /// The id as in the receipt of its publish; of an event that no gateway sent, the event's own.
    var shownID: String { id == .none ? attributes["ce-id"] ?? id.description : id.description }

    /// For people: `message 01a206a6-…`.
    var name: String { format == .raw ? "a raw message" : "message \(shownID)" }
}
