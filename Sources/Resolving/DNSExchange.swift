import Endpoints

/// One question to one nameserver over one transport, and what came of it.
///
/// What an observer of a lookup is told of: a lookup is made of one or more of these.
package struct DNSExchange: Hashable, Sendable {
    package var question: DNSQuestion
    package var nameserver: Endpoint
    package var transport: DNSTransport

    /// From the question to the outcome, the repeats of an unanswered question included.
    package var time: Duration

    package var outcome: Outcome

    package enum Outcome: Hashable, Sendable {
        case answered(Answer)
        /// Nothing came, however often the question was repeated.
        case timedOut
        /// Nobody listens there, or the connection was closed.
        case unreachable
        /// Something came that is no answer to the question.
        case unusable(String)
    }

    /// What an answer says about itself.
    package struct Answer: Hashable, Sendable {
        package var byteCount: Int
        package var code: UInt16
        package var isTruncated: Bool

        /// How many records of each type there are, those that were added unasked included.
        package var records: [RecordType: Int]

        /// The least of all records that answer the question; nil when there are none.
        package var timeToLive: Duration?

        package init(
            byteCount: Int, code: UInt16 = 0, isTruncated: Bool = false, records: [RecordType: Int] = [:],
            timeToLive: Duration? = nil
        ) {
            self.byteCount = byteCount
            self.code = code
            self.isTruncated = isTruncated
            self.records = records
            self.timeToLive = timeToLive
        }

        /// `NOERROR`, `NXDOMAIN`, `SERVFAIL` and so on.
        package var codeName: String { DNSMessage.name(ofCode: code) }
    }

    package init(
        question: DNSQuestion, nameserver: Endpoint, transport: DNSTransport, time: Duration, outcome: Outcome
    ) {
        self.question = question
        self.nameserver = nameserver
        self.transport = transport
        self.time = time
        self.outcome = outcome
    }
}

/// Told of every exchange of a lookup as it ends, on the resolver's thread, which must not be held up.
package typealias LookupObserver = @Sendable (DNSExchange) -> Void

/// How a question travels. The raw value is the word for people.
package enum DNSTransport: String, Sendable, CustomStringConvertible {
    case udp = "UDP"
    case tcp = "TCP"

    package var description: String { rawValue }
}

extension DNSExchange.Answer {
    init(_ message: DNSMessage, byteCount: Int) {
        let records = (message.answers + message.additionals).filter { $0.type != .opt }
        self.init(
            byteCount: byteCount, code: message.code, isTruncated: message.isTruncated,
            records: Dictionary(grouping: records, by: \.type).mapValues(\.count),
            timeToLive: message.answers.map(\.timeToLive).min().map { .seconds(Int64($0)) })
    }
}

extension DNSExchange.Outcome {
    init(_ failure: AresChannel.Failure) {
        self =
            switch failure {
            case .timedOut: .timedOut
            case .unreachable: .unreachable
            case .closed: .unusable(Resolver.shutDownReason)
            case .other(let text): .unusable(text)
            }
    }

    /// A nameserver that reports a failure of its own has answered.
    init(_ fault: DNSFault, of bytes: [UInt8]) {
        if case .failed = fault, let message = try? DNSMessage(bytes) {
            self = .answered(DNSExchange.Answer(message, byteCount: bytes.count))
        } else {
            self = .unusable("\(fault)")
        }
    }
}
