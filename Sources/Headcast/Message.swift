import Endpoints

/// A message as a subscriber receives it.
///
/// What came as a raw payload has nothing but its payload: no id, no topic, sequence 0. What came as a CloudEvent has
/// what the event says.
public struct Message: Identifiable, Sendable {
    /// How it travelled; each datagram tells by itself.
    public enum Format: String, CaseIterable, Sendable {
        case enveloped
        /// One JSON event in each datagram (CloudEvents 1.0, JSON event format).
        case cloudEvents = "cloudevents"
        /// The payload and nothing else.
        case raw
    }

    public var format: Format
    /// The same wherever the message is known: in the publisher's receipt, too.
    public var id: ID
    public var stream: Stream
    /// Which message of the topic and epoch, from 1; 0 where that is unknown.
    public var sequence: UInt64
    /// When the gateway took it; nil where that is unknown.
    public var publishedAt: Time?
    /// When it becomes useless; nil if it does not.
    public var expiresAt: Time?
    public var attributes: Attributes
    /// Byte for byte what was published. Indices need not begin with 0.
    ///
    /// Messages of one datagram may share its memory. Who keeps few of them for long had better keep `Array(payload)`.
    public var payload: ArraySlice<UInt8>
    /// When the datagram that completed it was read.
    public var receivedAt: Time

    /// Where the datagram that completed it came from.
    package var origin: Endpoint

    /// What its attributes and payload, as they came, count for against the bounds of memory, in bytes.
    package var bodyCost = 0

    public var topic: String { stream.topic }

    /// Which run of the topic at its gateway; 0 where that is unknown.
    public var epoch: Int64 { stream.epoch }

    /// The address and port it came from: `10.42.0.7:34334`.
    public var sender: String { origin.description }
}
