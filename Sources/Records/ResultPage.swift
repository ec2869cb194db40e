/// A part of a list, in its order.
package struct ResultPage<Item: ListItem>: Sendable {
    package let items: [Item]

    /// What to ask for next; nil when there is nothing more at the moment.
    package let next: Cursor?

    /// Takes from `next` what `request` asks for; `next` has to give one more than the limit to tell whether there is.
    package init(_ request: PageRequest, next: () throws(StoreError) -> Item?) throws(StoreError) {
        var items: [Item] = []
        var bytes = 0
        var isCut = false
        while let item = try next() {
            if items.count == request.limit || (bytes >= request.maximumBytes && !items.isEmpty) {
                isCut = true
                break
            }
            bytes += item.sizeBytes
            items.append(item)
        }
        self.items = items
        self.next = isCut ? items.last?.position : nil
    }
}

/// Which part of a list to give: the items after `after`, as many as both limits allow, and one in any case.
package struct PageRequest: Hashable, Sendable {
    package var after: Cursor?
    package var limit: Int
    /// What the payloads on the page may take; the one that exceeds it is the last.
    package var maximumBytes: Int

    /// - Parameter limit: 1 to 10,000; what is beyond is taken as the nearest.
    package init(after: Cursor? = nil, limit: Int = 100, maximumBytes: Int = 4 << 20) {
        self.after = after
        self.limit = min(max(1, limit), 10_000)
        self.maximumBytes = max(1, maximumBytes)
    }
}

/// What stands in a list that is given in pages.
package protocol ListItem: Sendable {
    var position: Cursor { get }
    /// About what it takes in memory, in bytes.
    var sizeBytes: Int { get }
}

extension Record: ListItem {
    package var sizeBytes: Int { answer.sizeBytes }
}

extension Divergence: ListItem {
    package var sizeBytes: Int { answer.sizeBytes }
}

extension Agreement: ListItem {
    package var sizeBytes: Int { 0 }
}
