extension JSONWriter {
    /// Writes `text` as it is, which is a value of JSON.
    package mutating func raw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    package mutating func string(_ text: String) {
        separate()
        quote(text.utf8.span)
    }

    @usableFromInline
    package mutating func integer(negative: Bool, magnitude: UInt64) {
        separate()
        if negative { bytes.append(UInt8(ascii: "-")) }
        digits(magnitude)
    }

    /// Writes the shortest number that reads back as `value`; null where JSON has no number for it.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        let text = value.description
        bytes.append(contentsOf: text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...])
    }

    /// Writes a duration in seconds, exact to the nanosecond: `0.05`.
    package mutating func seconds(_ duration: Duration) {
        separate()
        let (seconds, attoseconds) = duration.components
        var rest = attoseconds.magnitude / 1_000_000_000
        if seconds < 0 || (attoseconds < 0 && rest > 0) { bytes.append(UInt8(ascii: "-")) }
        digits(seconds.magnitude)
        if rest > 0 { bytes.append(UInt8(ascii: ".")) }
        var scale: UInt64 = 100_000_000
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / scale))
            rest %= scale
            scale /= 10
        }
    }

    private mutating func digits(_ value: UInt64) {
        bytes.append(addingCapacity: 20) { $0.append(digitsOf: value) }
    }

    /// Writes `text`, which is UTF-8, between quotation marks, in stretches that need no escaping.
    mutating func quote(_ text: Span<UInt8>) {
        guard text.indices.contains(where: { Self.needsEscape(text[$0]) }) else { return quoted(text) }
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices where Self.needsEscape(text[index]) {
            append(text.extracting(start..<index))
            escape(text[index])
            start = index + 1
        }
        append(text.extracting(start...))
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    /// Writes `text` between quotation marks as it is.
    mutating func quoted(_ text: Span<UInt8>) {
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            text.withUnsafeBufferPointer { output.append(copying: $0) }
            output.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        if byte >= 0x20 {
            bytes.append(byte)
            return
        }
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        default:
            let low = byte & 0xF
            bytes.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "A") + low - 10)
        }
    }

    mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends `value` in decimal; there must be room for 20 bytes.
    mutating func append(digitsOf value: UInt64) {
        guard value > 9 else { return append(UInt8(ascii: "0") + UInt8(value)) }
        var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var start = text.count
        var rest = value
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        text.span.extracting(start...).withUnsafeBufferPointer { append(copying: $0) }
    }

    /// Appends all of `text`, which there must be room for.
    mutating func append(copying text: UnsafeBufferPointer<UInt8>) {
        precondition(text.count <= freeCapacity)
        withUnsafeMutableBufferPointer { buffer, count in
            _ = buffer[count...].initialize(fromContentsOf: text)
            count += text.count
        }
    }
}
