/// Values that were used lately, within a bound.
///
/// Two generations: once the young one is half of the bound, it becomes the old one, and what was old is forgotten.
/// What is found in the old one is young again. Finding and keeping cost the same however much there is. Inlinable, so
/// that it is compiled for the keys and values of whoever uses it.
@usableFromInline
package struct RecentlyUsed<Key: Hashable, Value> {
    @usableFromInline let limit: Int
    @usableFromInline var young: [Key: (value: Value, cost: Int)] = [:]
    @usableFromInline var old: [Key: (value: Value, cost: Int)] = [:]
    @usableFromInline var youngCost = 0

    /// - Parameter limit: what the values may cost together.
    @inlinable
    package init(limit: Int) {
        self.limit = limit
    }

    @inlinable
    package mutating func find(_ key: Key) -> Value? {
        if let found = young[key] { return found.value }
        guard let found = old[key] else { return nil }
        keep(found.value, for: key, cost: found.cost)
        return found.value
    }

    @inlinable
    package mutating func keep(_ value: Value, for key: Key, cost: Int = 1) {
        // What does not fit into a generation would drive everything else out.
        guard cost <= limit / 2 else { return }
        if youngCost + cost > limit / 2 {
            old = young
            young = [:]
            youngCost = 0
        }
        youngCost += cost - (young.updateValue((value, cost), forKey: key)?.cost ?? 0)
    }

    @inlinable
    package mutating func forgetAll() {
        young = [:]
        old = [:]
        youngCost = 0
    }
}
