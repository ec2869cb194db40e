import JSON
import MicroHTTP

/// Which part of a list was asked for: `limit` items after the one that `after` names.
package struct Page {
    package let limit: Int
    package let after: String?

    package static let names = ["limit", "after"]
    package static let maximumLimit = 1_000

    package init(_ query: QueryReader) throws(Refusal) {
        limit = try query.value("limit", .integer(1...Self.maximumLimit)) ?? 100
        after = query["after"]
    }

    /// `after` read by `parse`; refused when it is nothing this list ever gave out as `next`.
    package func after<Cursor>(_ parse: (String) -> Cursor?) throws(Refusal) -> Cursor? {
        guard let after else { return nil }
        guard let cursor = parse(after) else {
            throw Refusal(
                .invalidParameter, "after is \(after.quoted); expected what the page before gave as next"
            ) { $0.field("parameter", "after") }
        }
        return cursor
    }

    /// `{"items":[…],"next":…}` of the first ``limit`` of `items`; `next` is the cursor of the last one if more follow.
    package func document<Item>(
        of items: some Sequence<Item>, cursor: (Item) -> String, write: (Item, inout JSONWriter) -> Void
    ) -> HTTPResponse {
        .document { json in
            var next: String?
            json.array("items") { list in
                var last: Item?
                var count = 0
                for item in items {
                    if count == limit {
                        next = last.map(cursor)
                        break
                    }
                    list.object { write(item, &$0) }
                    last = item
                    count += 1
                }
            }
            json.field("next", next)
        }
    }
}
