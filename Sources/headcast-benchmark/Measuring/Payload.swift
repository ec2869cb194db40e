import Clocks
import Glibc

/// The payload of every message: when it was sent and which it is, as hexadecimal text, then a filling that is checked.
struct Payload: Sendable {
    /// 16 digits of CLOCK_MONOTONIC in nanoseconds, 8 of the number of the request.
    static let stampBytes = 24

    /// Where nothing is stamped, both are zeros.
    private(set) var bytes: [UInt8]

    /// - Parameter count: bytes, more than the stamp has.
    init(count: Int) {
        let stamp = [UInt8](repeating: UInt8(ascii: "0"), count: Self.stampBytes)
        bytes = stamp + (Self.stampBytes..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
    }

    /// The same with a time and a number.
    func stamped(_ number: UInt32, at time: Instant) -> Payload {
        var copy = self
        copy.bytes.replaceSubrange(0..<16, with: Self.digits(of: UInt64(time.nanoseconds), count: 16))
        copy.bytes.replaceSubrange(16..<Self.stampBytes, with: Self.digits(of: UInt64(number), count: 8))
        return copy
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether what arrived is as long and has the same filling.
    func isIntact(_ arrived: RawSpan) -> Bool {
        guard arrived.byteCount == bytes.count else { return false }
        return arrived.withUnsafeBytes { arrived in
            bytes.withUnsafeBytes { sent in
                guard let arrived = arrived.baseAddress, let sent = sent.baseAddress else { return true }
                return memcmp(arrived + Self.stampBytes, sent + Self.stampBytes, bytes.count - Self.stampBytes) == 0
            }
        }
    }

    /// The time and the number that an arrived payload bears; nil if it bears none.
    static func stamp(of arrived: RawSpan) -> (nanoseconds: Int64, number: UInt32)? {
        guard arrived.byteCount >= stampBytes else { return nil }
        guard let time = digits(arrived, 0..<16), let number = digits(arrived, 16..<24) else { return nil }
        return (Int64(truncatingIfNeeded: time), UInt32(number))
    }

    private static func digits(of value: UInt64, count: Int) -> [UInt8] {
        let digits = Array(String(value, radix: 16).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: count - digits.count) + digits
    }

    private static func digits(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64? {
        var value: UInt64 = 0
        for index in range {
            switch bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
                value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
