import Endpoints
import FanOut
import Service

/// Everything that is set about one topic.
package struct TopicConfiguration: Hashable, Sendable {
    /// 1 to 128 of the characters that stand in a URL as they are: letters, digits and `. _ ~ -`.
    package var name: String
    package var source: TopicSource
    package var format = MessageFormat.raw
    package var policy = DeliveryPolicy.once

    /// How often each subscriber is sent a message: 1 with the policy `once`, else 1 to 16.
    package var copies = 1

    /// The time between two copies, 1 ms to 60 s.
    package var spacing = Duration.milliseconds(50)

    /// The longest payload that is accepted: up to the 65,507 bytes of a UDP datagram over IPv4 in the raw format, 16 MiB
    /// in the enveloped.
    package var maximumPayloadBytes = 1_232

    /// Bytes of an enveloped datagram, and the most of an event: 512 to 65,507.
    package var datagramBytes = 1_232

    /// The bound of what leaves for all subscribers together; nil for none.
    package var maximumBytesPerSecond: Int?

    /// The memory of the topic's log.
    package var ringBytes = 16 << 20

    /// What one subscriber is sent in a millisecond at most.
    package var burstBytes = 64 << 10

    package var family = FamilyRule.auto

    /// How old a membership may be for a publish that does not say; nil for any age, 0 for a lookup per message.
    package var maximumAge: Duration?

    /// After how long of nothing but negative answers an empty membership is believed.
    package var emptyAfter = Duration.seconds(30)

    package init(name: String, source: TopicSource) {
        self.name = name
        self.source = source
    }

    /// The largest payload that fits an Ethernet frame of 1,500 bytes over IPv4.
    package static let unfragmentedBytes = 1_472

    /// The longest datagram.
    package var largestDatagramBytes: Int { format == .raw ? maximumPayloadBytes : datagramBytes }

    /// Whether datagrams may leave in fragments; otherwise what does not fit the path fails.
    package var mayFragment: Bool { largestDatagramBytes > Self.unfragmentedBytes }

    /// The longest payload of a topic with the format `enveloped` that does not say.
    package static let envelopedPayloadBytes = 1 << 20

    /// The memory of the log of such a topic at least: what the largest batch becomes in datagrams has room in it.
    package static let envelopedRingBytes = 32 << 20

    /// The copies of a topic with the policy `repeat` that does not say how many.
    package static let repeatedCopies = 3

    /// Whether `name` may be the name of a topic. `.` and `..` may not: clients take them for steps in a path.
    package static func isValid(name: String) -> Bool {
        guard (1...128).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { $0.isLetterOrDigit || ".~_-".utf8.contains($0) }
    }
}

/// How hard the gateway tries.
package enum DeliveryPolicy: String, CaseIterable, Sendable {
    /// One copy.
    case once
    /// Several copies, some time apart.
    case `repeat`
}

/// Which addresses of a DNS name count.
package enum FamilyRule: String, CaseIterable, Sendable {
    /// A records if there are any, else AAAA: a dual-stack service lists both addresses of each pod.
    case auto
    case ipv4
    case ipv6
    case both
}
