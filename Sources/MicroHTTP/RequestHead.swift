import CMicroHTTPD

/// What one pass over a request's headers tells about its framing (RFC 9112, section 6).
///
/// libmicrohttpd takes the first Content-Length, prefers Transfer-Encoding over it and keeps a name with a space before
/// its colon as it is. Whoever stands in front of the gateway may read such a request differently, so all are refused.
struct RequestHead {
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false

    /// The watched headers that are there; see ``WatchedHeaders``.
    private(set) var watched: UInt64 = 0

    private(set) var fault: HTTPFault?

    private let watchedHeaders: WatchedHeaders
    private var hasTransferCoding = false

    init(of connection: OpaquePointer, version: UnsafePointer<CChar>, watching watchedHeaders: WatchedHeaders) {
        self.watchedHeaders = watchedHeaders
        withUnsafeMutablePointer(to: &self) { head in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { head, _, name, nameCount, value, valueCount in
                    guard let head, let name else { return .YES }
                    head.assumingMemoryBound(to: RequestHead.self).pointee.read(
                        name: bytes(name, nameCount), value: bytes(value, value == nil ? 0 : valueCount))
                    return .YES
                }, head)
        }
        // The version is "HTTP/1.x" here; libmicrohttpd answers 400 or 505 to all others.
        let isHTTP10 = version[7] == CChar(UInt8(ascii: "0"))
        if hasTransferCoding, contentLength != nil {
            fault = .malformed("Content-Length and Transfer-Encoding exclude each other")
        } else if hasTransferCoding, isHTTP10 {
            fault = .malformed("HTTP/1.0 has no Transfer-Encoding")
        }
    }

    /// Whether body bytes may follow.
    var hasBody: Bool { hasTransferCoding || (contentLength ?? 0) > 0 }

    private mutating func read(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        if let last = name.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            fault = .malformed("a header name ends in a space")
        } else if name.equals(lowercased: "content-length") {
            if contentLength != nil { fault = .malformed("two Content-Length headers") }
            contentLength = decimal(value)
        } else if name.equals(lowercased: "transfer-encoding") {
            if hasTransferCoding { fault = .malformed("two Transfer-Encoding headers") }
            hasTransferCoding = true
            if fault == nil, !value.equals(lowercased: "chunked") { fault = .unknownTransferCoding }
        } else if name.equals(lowercased: "expect") {
            expectsContinue = value.equals(lowercased: "100-continue")
        }
        watched |= watchedHeaders.mask(of: name, value: value)
    }
}

func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self), count: count)
}

/// The value of digits that libmicrohttpd has already accepted; the largest number when it does not fit.
private func decimal(_ digits: UnsafeBufferPointer<UInt8>) -> Int {
    var value = 0
    for digit in digits {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(Int(digit & 0x0F))
        guard !overflow, !carry else { return .max }
        value = sum
    }
    return value
}
