extension Message {
    /// A message's id: a UUID (RFC 9562).
    public struct ID: Hashable, Sendable {
        /// The first byte of the UUID is the most significant.
        public var bits: UInt128

        public init(bits: UInt128) {
            self.bits = bits
        }

        /// Of a message that has none: the nil UUID.
        public static let none = ID(bits: 0)
    }
}

extension Message.ID: CustomStringConvertible {
    /// The 36 characters of RFC 9562, section 4, lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var shift = 124
            for index in 0..<36 {
                if Self.hyphens.contains(index) {
                    buffer[index] = UInt8(ascii: "-")
                } else {
                    let digit = UInt8(truncatingIfNeeded: bits >> UInt128(shift)) & 0xF
                    buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    shift -= 4
                }
            }
            return 36
        }
    }

    private static let hyphens = [8, 13, 18, 23]

    /// Reads the 36 characters in either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var bits: UInt128 = 0
        var count = 0
        for character in text.utf8 {
            if Self.hyphens.contains(count) {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard count < 36, let digit = Character(UnicodeScalar(character)).hexDigitValue else { return nil }
                bits = bits << 4 | UInt128(digit)
            }
            count += 1
        }
        guard count == 36 else { return nil }
        self.init(bits: bits)
    }
}
