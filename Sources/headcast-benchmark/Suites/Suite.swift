import ArgumentParser

/// One of the questions that this program answers.
enum Suite: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// How soon one message has left for everybody.
    case lone
    /// How much leaves and arrives at most, in process.
    case fanout
    /// How much one subscriber takes.
    case receive
    /// The same as `fanout` through the gateway, from POSTs.
    case http
    /// How long a message takes from its POST to its last subscriber.
    case latency
    /// What each subscriber costs as they become many.
    case scale
    /// How much a recorder acknowledges, and what that takes of memory.
    case recorder
}
