/// A decoded query: names and values in the order of the request, repeated names kept.
package struct QueryItems: Sendable {
    package struct Item: Sendable, Equatable {
        package var name: String
        /// nil for a name without `=`, "" for one with nothing behind it.
        package var value: String?

        package init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    package var items: [Item] = []

    package init() {}

    /// Splits `query` at `&` and each piece at its first `=`, then decodes both sides; a `+` is a space.
    ///
    /// Empty pieces (`a=1&&b=2`) are skipped.
    package init(_ query: Span<UInt8>) throws(TargetFault) {
        var start = 0
        while start < query.count {
            var end = start
            var equals: Int?
            while end < query.count, query[end] != UInt8(ascii: "&") {
                if query[end] == UInt8(ascii: "="), equals == nil { equals = end }
                end += 1
            }
            if end > start {
                let name = try PercentDecoding.text(of: query.extracting(start..<(equals ?? end)), plusIsSpace: true)
                var value: String?
                if let equals {
                    value = try PercentDecoding.text(of: query.extracting((equals + 1)..<end), plusIsSpace: true)
                }
                items.append(Item(name: name, value: value))
            }
            start = end + 1
        }
    }

    /// The values of all items called `name`, in order.
    package func values(of name: String) -> [String?] {
        items.filter { $0.name == name }.map(\.value)
    }
}
