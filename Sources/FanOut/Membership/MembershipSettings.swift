/// How a membership is kept: the times and limits of one topic.
package struct MembershipSettings: Hashable, Sendable {
    /// The longest time between two lookups; a shorter time to live shortens it.
    package var longestInterval: Duration = .seconds(5)

    /// The shortest time between two lookups, and between two answers that miss a member.
    package var shortestInterval: Duration = .seconds(1)

    /// The shortest time between two lookups that publishes ask for.
    package var freshnessInterval: Duration = .milliseconds(50)

    /// The longest that a publish waits for a fresh membership; kept by whoever holds the publish.
    package var freshnessWait: Duration = .seconds(2)

    /// How long nothing but negative answers must come before nobody is believed, and the longest that a member which
    /// answers lack is held: the DNS of container engines gives times to live of minutes to a day.
    package var emptyAfter: Duration = .seconds(30)

    /// How many of them there must be at least.
    package var emptyAnswers = 4

    /// Members beyond it are not taken in; the membership is stale then.
    package var maximumMembers = 65_536

    package init() {}
}
