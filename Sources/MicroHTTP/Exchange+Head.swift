import CMicroHTTPD

extension Exchange {
    /// Whether the request has a header that matches the `index`-th name watched; a bit test.
    package func hasWatched(_ index: Int) -> Bool {
        index < 64 && watched & (1 << UInt64(index)) != 0
    }

    /// Whether the request has a header that matches one of these names watched.
    package func hasWatched(_ indices: Range<Int>) -> Bool {
        watched >> UInt64(indices.lowerBound) & ((1 << UInt64(indices.count)) - 1) != 0
    }

    /// Whether the request has any header that matches a name watched.
    package var hasAnyWatched: Bool { watched != 0 }

    /// The value of the first header called `name`, case-insensitive; nil without one, and once the exchange is gone.
    ///
    /// Searches the headers and makes a string; bytes that are not UTF-8 become U+FFFD.
    package func header(_ name: String) -> String? {
        guard let handle, let value = MHD_lookup_connection_value(handle, .HEADER_KIND, name) else { return nil }
        return String(cString: value)
    }

    /// The names of all headers that begin with `prefix`, case-insensitive, as the client wrote them.
    package func headerNames(withPrefix prefix: String) -> [String] {
        guard let handle else { return [] }
        var found = HeaderNames(prefix: Array(prefix.lowercased().utf8))
        withUnsafeMutablePointer(to: &found) { pointer in
            _ = MHD_get_connection_values(
                handle, .HEADER_KIND,
                { context, _, name, _ in
                    guard let context, let name else { return .YES }
                    context.assumingMemoryBound(to: HeaderNames.self).pointee.consider(String(cString: name))
                    return .YES
                }, pointer)
        }
        return found.names
    }

    /// Calls `read` with every header in order, name as the client wrote it, value without white space around it; with
    /// none once the exchange is gone.
    package func forEachHeader(_ read: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        guard let handle else { return }
        withoutActuallyEscaping(read) { read in
            var walk = HeaderWalk(read: read)
            withUnsafeMutablePointer(to: &walk) { pointer in
                _ = MHD_get_connection_values_n(
                    handle, .HEADER_KIND,
                    { context, _, name, nameCount, value, valueCount in
                        guard let context, let name else { return .YES }
                        context.assumingMemoryBound(to: HeaderWalk.self).pointee.read(
                            bytes(name, nameCount).span,
                            bytes(value, value == nil ? 0 : valueCount).withoutTrailingSpace.span)
                        return .YES
                    }, pointer)
            }
        }
    }

    /// The method's name as the client wrote it, "" once the exchange is gone.
    package var methodName: String {
        methodStart.map { String(cString: $0) } ?? ""
    }

    /// Calls `read` with the path as the client wrote it, percent-encoded, without the query; costs nothing.
    package func withPath<Result>(_ read: (Span<UInt8>) throws -> Result) rethrows -> Result {
        let path = rawPath
        return try read(path.span)
    }

    /// The path as the client wrote it, percent-encoded, without the query.
    package var path: String {
        String(decoding: rawPath, as: UTF8.self)
    }

    package var hasQuery: Bool { target.query != nil }

    /// The parts of the path, each percent-decoded after the path was split: `/publish/a%2Fb` is `publish`, `a/b`.
    ///
    /// `/` has no parts; a slash at the end makes an empty last part.
    package func pathParts() throws(TargetFault) -> [String] {
        if let parts { return parts }
        let path = rawPath
        let parts = try PercentDecoding.pathParts(of: path.span)
        self.parts = isGone ? nil : parts
        return parts
    }

    /// The query, decoded.
    package func queryItems() throws(TargetFault) -> QueryItems {
        guard let query = target.query else { return QueryItems() }
        return try QueryItems(query.span)
    }

    /// Empty once gone, when libmicrohttpd's memory is no longer this request's.
    private var rawPath: UnsafeBufferPointer<UInt8> {
        isGone ? UnsafeBufferPointer(start: nil, count: 0) : target.path
    }
}

/// What a pass over a head calls for each header.
private struct HeaderWalk {
    let read: (Span<UInt8>, Span<UInt8>) -> Void
}

/// Header names collected in one pass over a head.
private struct HeaderNames {
    let prefix: [UInt8]
    var names: [String] = []

    mutating func consider(_ name: String) {
        if name.lowercased().utf8.starts(with: prefix) { names.append(name) }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// libmicrohttpd takes white space off a value's front alone (RFC 9110, section 5.5).
    fileprivate var withoutTrailingSpace: Self {
        var end = endIndex
        while end > startIndex, self[end - 1] == UInt8(ascii: " ") || self[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        return UnsafeBufferPointer(rebasing: self[..<end])
    }
}
