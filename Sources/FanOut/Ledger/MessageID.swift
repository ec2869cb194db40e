import Clocks

/// A message's name everywhere: a UUID of version 7 (RFC 9562, section 5.7).
package struct MessageID: Hashable, Sendable {
    package var bits: UInt128

    package init(bits: UInt128) {
        self.bits = bits
    }

    /// Reads the 36 characters of RFC 9562, section 4, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var bits: UInt128 = 0
        var count = 0
        for character in text.utf8 {
            defer { count += 1 }
            if Self.isHyphen(count) {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard count < 36, let digit = Character(UnicodeScalar(character)).hexDigitValue else { return nil }
                bits = bits << 4 | UInt128(digit)
            }
        }
        guard count == 36 else { return nil }
        self.init(bits: bits)
    }

    /// The 36 ASCII characters, lower case; allocates nothing.
    package var utf8: InlineArray<36, UInt8> {
        var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        var span = text.mutableSpan
        var bytes = span.mutableBytes
        Self.write(UInt32(truncatingIfNeeded: bits >> 96), to: &bytes, at: 0, 4)
        Self.write(UInt32(truncatingIfNeeded: bits >> 64), to: &bytes, at: 9, 14)
        Self.write(UInt32(truncatingIfNeeded: bits >> 32), to: &bytes, at: 19, 24)
        Self.write(UInt32(truncatingIfNeeded: bits), to: &bytes, at: 28, 32)
        return text
    }

    /// Writes eight digits, four from `first` and four from `second` on.
    private static func write(_ value: UInt32, to bytes: inout MutableRawSpan, at first: Int, _ second: Int) {
        // All at once: each digit gets a byte, the first the highest, and what is beyond 9 moves on to the letters.
        let ones: UInt64 = 0x0101_0101_0101_0101
        var digits = UInt64(value)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (digits + 6 * ones) >> 4 & ones
        let toLetters = UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
        let ascii = digits + UInt64(UInt8(ascii: "0")) * ones + toLetters * letters
        bytes.storeBytes(
            of: UInt32(truncatingIfNeeded: ascii >> 32).bigEndian, toByteOffset: first, as: UInt32.self)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: ascii).bigEndian, toByteOffset: second, as: UInt32.self)
    }

    /// When it was made, in whole milliseconds; nil for an id that is no UUID of version 7, or of a time out of bounds.
    package var madeAt: Timestamp? {
        guard bits >> 76 & 0xF == 7, bits >> 62 & 0b11 == 0b10 else { return nil }
        let (nanoseconds, overflow) = Int64(bits >> 80).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }
}

extension MessageID: CustomStringConvertible {
    package var description: String {
        let utf8 = utf8
        return String(unsafeUninitializedCapacity: 36) { buffer in
            for index in utf8.indices { buffer[index] = utf8[index] }
            return 36
        }
    }
}

/// Makes ids each of which sorts after those it made before, unless the clock is set back by more than a second.
///
/// 48 bits of milliseconds, 12 bits of the fraction of the millisecond (RFC 9562, section 6.2, method 3), 62 random
/// bits, from a generator seeded once by the system, since a system call per message would cost more than the message.
/// Where time has not gone on, the next id is the last plus a random number of 32 bits (method 2).
package struct MessageIDGenerator {
    private var state: UInt64
    private var last: UInt128 = 0

    package init(seed: UInt64 = .random(in: .min ... .max)) {
        state = seed
    }

    package mutating func next(at timestamp: Timestamp) -> MessageID {
        let milliseconds = timestamp.milliseconds
        let fraction = (timestamp.nanoseconds - milliseconds * 1_000_000) * 4_096 / 1_000_000
        let time = (UInt64(bitPattern: milliseconds) & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | UInt64(fraction)
        let random = random()
        let lastTime = UInt64(truncatingIfNeeded: last >> 64)
        let next = UInt64(truncatingIfNeeded: last) &+ (random >> 32) &+ 1
        if time > lastTime || lastTime - time > Self.second || next >> 62 != 0b10 {
            // One bit is left zero, so that what follows in the same instant has room.
            last = UInt128(time) << 64 | UInt128(0b10 << 62 | random >> 3)
        } else {
            last = UInt128(lastTime) << 64 | UInt128(next)
        }
        return MessageID(bits: last)
    }

    /// In the upper half of an id.
    private static let second: UInt64 = 1_000 << 16

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
