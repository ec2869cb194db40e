/// A header that a service may want to read.
package struct WatchedHeader: Sendable, ExpressibleByStringLiteral {
    /// Case-insensitive; a name that ends in `-` stands for all that begin with it.
    let name: String
    /// A value, case-insensitive, with which the header counts as absent.
    let absence: String?

    package init(_ name: String, unless absence: String? = nil) {
        self.name = name
        self.absence = absence
    }

    package init(stringLiteral name: String) {
        self.init(name)
    }
}

/// The headers a service may want to read, found in the one pass that is made over every head.
///
/// A request is then asked with a bit test whether it has such a header at all, instead of with a search.
struct WatchedHeaders {
    private let headers: [(name: [UInt8], absence: [UInt8]?)]
    /// The letters that names begin with, bit 1 for `a`: most headers of a request begin otherwise.
    private let initials: UInt32

    /// Takes at most 64.
    init(_ headers: [WatchedHeader]) {
        precondition(headers.count <= 64, "a server watches at most 64 headers")
        self.headers = headers.map {
            (Array($0.name.lowercased().utf8), $0.absence.map { Array($0.lowercased().utf8) })
        }
        initials = self.headers.reduce(0) { $0 | Self.bit(of: $1.name.first ?? 0) }
    }

    /// The set of watched headers that this one belongs to, bit i for the i-th.
    func mask(of name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let first = name.first, initials & Self.bit(of: first) != 0 else { return 0 }
        var mask: UInt64 = 0
        for index in headers.indices {
            let watched = headers[index].name
            let isPrefix = watched.last == UInt8(ascii: "-") && name.count > watched.count
            guard isPrefix || name.count == watched.count, name.begins(withLowercased: watched.span) else { continue }
            if let absence = headers[index].absence, value.count == absence.count,
                value.begins(withLowercased: absence.span)
            {
                continue
            }
            mask |= 1 << UInt64(index)
        }
        return mask
    }

    private static func bit(of byte: UInt8) -> UInt32 { 1 << UInt32(byte & 0x1F) }
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
