/// A place in a list, behind one of its items.
///
/// Written `7`, or `7-2` where an item is the second of record 7. Of use to the list that gave it only.
package struct Cursor: Hashable, Sendable {
    package let item: Int64
    package let part: Int64

    package init(_ item: Int64, part: Int64 = 0) {
        self.item = item
        self.part = part
    }
}

extension Cursor: LosslessStringConvertible {
    /// Nil for what is no cursor's text.
    package init?(_ description: String) {
        let numbers = description.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map {
            Int64($0)
        }
        guard let item = numbers[0], item >= 0, let part = numbers.count > 1 ? numbers[1] : 0, part >= 0 else {
            return nil
        }
        self.init(item, part: part)
        // One spelling each: no signs, no leading zeros.
        guard self.description == description else { return nil }
    }

    package var description: String {
        part == 0 ? "\(item)" : "\(item)-\(part)"
    }
}
