import Clocks
import Endpoints

package struct Member: Hashable, Sendable {
    package var endpoint: Endpoint
    package var name: String?
    package init(endpoint: Endpoint, name: String? = nil) { self.endpoint = endpoint; self.name = name }
}
package enum MembershipSource: String, Sendable { case dns, `static` }
package struct Staleness: Equatable, Sendable {
    package var reason: String
    package var since: Timestamp
    package init(reason: String, since: Timestamp) { self.reason = reason; self.since = since }
}
package struct Membership: Sendable {
    package var revision: UInt64 = 0
    package var members: [Member] = []
    package var resolvedAt: Timestamp?
    package var source: MembershipSource
    package var stale: Staleness?
    package init(source: MembershipSource) { self.source = source }
}
