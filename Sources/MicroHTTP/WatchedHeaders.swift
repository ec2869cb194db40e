/// The header names a service may want to read, found in the one pass that is made over every head.
///
/// A request is then asked with a bit test whether it has such a header at all, instead of with a search.
struct WatchedHeaders {
    private let names: [[UInt8]]

    /// Takes at most 64 names, case-insensitive; a name that ends in `-` stands for all that begin with it.
    init(_ names: [String]) {
        precondition(names.count <= 64, "a server watches at most 64 header names")
        self.names = names.map { Array($0.lowercased().utf8) }
    }

    /// The set of watched names that `name` belongs to, bit i for the i-th.
    func mask(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var mask: UInt64 = 0
        for (index, watched) in names.enumerated() {
            let isPrefix = watched.last == UInt8(ascii: "-") && name.count > watched.count
            guard isPrefix || name.count == watched.count else { continue }
            if name.begins(withLowercased: watched.span) { mask |= 1 << UInt64(index) }
        }
        return mask
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these bytes begin with `prefix`, which is lower case, when ASCII capitals count as small letters.
    func begins(withLowercased prefix: Span<UInt8>) -> Bool {
        guard count >= prefix.count else { return false }
        for index in prefix.indices {
            let byte = self[index]
            let lowercased = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            if lowercased != prefix[index] { return false }
        }
        return true
    }

    /// Whether these bytes are `text`, which is lower case, when ASCII capitals count as small letters.
    func equals(lowercased text: StaticString) -> Bool {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return count == text.count && begins(withLowercased: text.span)
    }
}
