import Glibc

/// A request's target as libmicrohttpd has it in memory; the path lives as long as the exchange is not gone.
struct RawTarget {
    let path: UnsafeBufferPointer<UInt8>

    /// A copy, since libmicrohttpd cuts the query into pieces in place.
    let query: [UInt8]?

    private let end: UnsafePointer<CChar>

    /// Splits `target`, the text between the first and the last space of the request line.
    ///
    /// Takes the absolute form of RFC 9112, section 3.2.2 (`http://host/path`) for its path.
    init(_ target: UnsafePointer<CChar>) {
        let count = strlen(target)
        let bytes = UnsafeBufferPointer(
            start: UnsafeRawPointer(target).assumingMemoryBound(to: UInt8.self), count: count)
        let question = memchr(target, Int32(UInt8(ascii: "?")), count).map {
            UnsafeRawPointer($0) - UnsafeRawPointer(target)
        }
        let path = UnsafeBufferPointer(rebasing: bytes[..<(question ?? count)])
        self.path = path.first == UInt8(ascii: "/") ? path : Self.withoutAuthority(path)
        query = question.map { Array(bytes[($0 + 1)...]) }
        end = target + count
    }

    /// Whether a zero byte cut the target short: `version` then begins later in the same request line.
    func isCutShort(before version: UnsafePointer<CChar>, headerBytes: Int) -> Bool {
        (2...max(headerBytes, 2)).contains(version - end)
    }

    private static func withoutAuthority(_ path: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let scheme = [7, 8].first { count in
            path.begins(withLowercased: (count == 7 ? Array("http://".utf8) : Array("https://".utf8)).span)
        }
        guard let scheme else { return path }
        let slash = path[scheme...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        return UnsafeBufferPointer(rebasing: path[slash...])
    }
}
