import Clocks
import Endpoints
import Testing

@testable import FanOut

/// A tracker under a clock of the test's own, which starts at 0 and is told in seconds.
struct Watch {
    var tracker: MembershipTracker
    let settings: MembershipSettings

    init(_ settings: MembershipSettings = MembershipSettings(), seed: UInt64 = 1) {
        self.settings = settings
        tracker = MembershipTracker(settings: settings, seed: seed, at: instant(0))
    }

    var membership: Membership { tracker.membership }

    /// The members' endpoints as texts.
    var endpoints: [String] { membership.members.map(\.endpoint.description) }

    /// A lookup that begins and ends at `seconds`, or began at `start`.
    @discardableResult
    mutating func observe(
        _ observation: Observation, at seconds: Double, since start: Double? = nil
    ) -> MembershipUpdate {
        tracker.lookupStarted(at: instant(start ?? seconds))
        return tracker.apply(observation, at: moment(seconds))
    }
}

func instant(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64((seconds * 1e9).rounded())) }

/// The wall clock of these tests is a day ahead of the other one, so that they cannot be mistaken for each other.
func moment(_ seconds: Double) -> Moment {
    Moment(instant: instant(seconds), timestamp: timestamp(seconds))
}

func timestamp(_ seconds: Double) -> Timestamp {
    Timestamp(nanoseconds: Int64(((seconds + 86_400) * 1e9).rounded()))
}

/// Members as tests write them: pod 7 is `10.0.0.7:12000`.
func pods(_ numbers: Int...) -> [Member] { pods(numbers) }

func pods(_ numbers: some Sequence<Int>) -> [Member] {
    numbers.map {
        Member(endpoint: Endpoint(address: IPAddress(v4: 0x0A00_0000 | UInt32($0)), port: 12_000), name: nil)
    }
}

extension Observation {
    static func complete(_ numbers: Int..., ttl: Double = 5) -> Observation {
        .complete(pods(numbers), timeToLive: .seconds(ttl))
    }

    static func truncated(_ numbers: Int..., ttl: Double = 5) -> Observation {
        .truncated(pods(numbers), timeToLive: .seconds(ttl))
    }

    static let gone = Observation.negative(reason: "NXDOMAIN for headless.shop")
    static let failed = Observation.unknown(reason: "SERVFAIL from 127.0.0.1:53")
}
