/// A part of a list, in its order.
package struct ResultPage<Item: Sendable>: Sendable {
    package let items: [Item]

    /// What to ask for next; nil when there is nothing more at the moment.
    package let next: Cursor?

    package init(_ items: [Item], next: Cursor?) {
        self.items = items
        self.next = next
    }
}

/// Which part of a list to give: the items after `after`, as many as both limits allow, and one in any case.
package struct PageRequest: Hashable, Sendable {
    package var after: Cursor?
    package var limit: Int
    /// What the payloads on the page may take; the one that exceeds it is the last.
    package var maximumBytes: Int

    package init(after: Cursor? = nil, limit: Int = 100, maximumBytes: Int = 4 << 20) {
        self.after = after
        self.limit = max(1, limit)
        self.maximumBytes = maximumBytes
    }
}
