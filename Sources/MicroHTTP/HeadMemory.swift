import CMicroHTTPD

/// The memory a request's head and trailers take of what libmicrohttpd has for a connection.
///
/// What is left must hold the head of the answer: without room for it libmicrohttpd closes the connection in silence,
/// after the service has acted. So a head is refused before it is that large.
struct HeadMemory {
    /// Header fields, cookies and query items one request may have.
    ///
    /// A read that was made early, with a buffer of half the memory, may hold the next requests as well; libmicrohttpd
    /// then keeps 7 KiB apart, of which these may take 6.
    static let maximumFields = 96

    /// What libmicrohttpd needs beyond the head: 1 KiB for the answer's head, and what it may have read too much.
    private static let reservedBytes = 1_024 + 128

    /// What one field takes besides its text.
    private static let bytesPerField = 64

    private var textBytes = 0
    private var copiedBytes = 0
    private var fieldCount = 0
    private let start: UnsafeRawPointer

    /// Measures the request whose first line begins at `start`; one pass over its fields.
    init(of handle: OpaquePointer, from start: UnsafePointer<CChar>) {
        self.start = UnsafeRawPointer(start)
        withUnsafeMutablePointer(to: &self) { memory in
            headcast_each_field(
                handle,
                { memory, kind, name, nameCount, value, valueCount in
                    guard let memory, let name else { return .YES }
                    let end = value.map { $0 + valueCount } ?? name + nameCount
                    let isCookie =
                        nameCount == 6
                        && UnsafeBufferPointer(
                            start: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: 6
                        ).equals(lowercased: "cookie")
                    memory.assumingMemoryBound(to: HeadMemory.self).pointee.add(
                        kind, to: end, copying: isCookie ? valueCount : 0)
                    return .YES
                }, memory)
        }
    }

    /// Whether an answer will find room: the text, and what is kept of every field, are within `limit` bytes.
    func fits(_ limit: Int) -> Bool {
        fieldCount <= Self.maximumFields && textBytes + copiedBytes + fieldCount * Self.bytesPerField <= limit
    }

    /// What libmicrohttpd must have for heads up to `limit` bytes.
    static func poolBytes(for limit: Int) -> Int {
        max(limit + reservedBytes, 14 * 1_024)
    }

    private mutating func add(_ kind: MHD_ValueKind, to end: UnsafePointer<CChar>, copying bytes: Int) {
        fieldCount += 1
        guard kind == .HEADER_KIND || kind == .FOOTER_KIND else { return }
        // Behind the last field is an empty line.
        textBytes = max(textBytes, UnsafeRawPointer(end) - start + 4)
        // Cookies are taken apart in a copy, aligned to 16 bytes.
        if kind == .HEADER_KIND, bytes > 0 { copiedBytes += bytes + 16 }
    }
}
