import Endpoints

/// A subscriber as its source lists it.
package struct Member: Hashable, Sendable {
    package var endpoint: Endpoint

    /// The pod's name, where the source tells it.
    package var name: String?

    package init(endpoint: Endpoint, name: String? = nil) {
        self.endpoint = endpoint
        self.name = name
    }
}

extension [Member] {
    /// Sorted by endpoint, each endpoint once; of several names the first in the alphabet stays, so that answers in
    /// another order make no change.
    func normalized() -> [Member] {
        let sorted = sorted { left, right in
            guard left.endpoint == right.endpoint else { return left.endpoint < right.endpoint }
            guard let rightName = right.name else { return left.name != nil }
            return left.name.map { $0 < rightName } ?? false
        }
        var members: [Member] = []
        members.reserveCapacity(sorted.count)
        for member in sorted where member.endpoint != members.last?.endpoint { members.append(member) }
        return members
    }
}
