/// Writes one JSON document (RFC 8259) into an array of bytes, members in the order they are given.
///
/// Text is written as UTF-8 and escaped only where JSON demands it. Commas are the writer's affair; that a closure of
/// ``object(_:)`` writes fields and one of ``array(_:)`` writes values is the caller's. Builds no strings on the way.
/// ```swift
/// var json = JSONWriter(reserving: 512)
/// json.object {
///     $0.field("sequence", 7)
///     $0.array("items") { $0.value("x") }
/// }
/// json.newline()
/// send(json.bytes)
/// ```
@usableFromInline
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package internal(set) var bytes: [UInt8] = []

    /// Whether the next field or value follows another one of the same object or array.
    private var needsComma = false

    package init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what was written and keeps the memory, for the next document.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Ends the document with a line feed.
    package mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Objects

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        nested(from: "{", to: "}", members)
    }

    package mutating func object(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    @inlinable
    package mutating func field<Value: JSONWritable>(_ name: StaticString, _ value: Value) {
        self.name(name)
        value.write(to: &self)
    }

    /// Writes a field whose value is UTF-8 text outside of a String; bytes that are not UTF-8 become U+FFFD.
    package mutating func field(_ name: StaticString, utf8: Span<UInt8>) {
        self.name(name)
        value(utf8: utf8)
    }

    /// Writes a field whose value is text as ``value(plain:)`` takes it.
    package mutating func field(_ name: StaticString, plain ascii: Span<UInt8>) {
        self.name(name)
        value(plain: ascii)
    }

    /// Writes a field whose value is JSON already.
    package mutating func field(_ name: StaticString, json: Span<UInt8>) {
        self.name(name)
        separate()
        append(json)
    }

    /// Writes a field whose name is only known at run time.
    @inlinable
    package mutating func field<Value: JSONWritable>(named name: String, _ value: Value) {
        self.name(escaping: name)
        value.write(to: &self)
    }

    package mutating func null(_ name: StaticString) {
        self.name(name)
        null()
    }

    // MARK: Arrays

    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        nested(from: "[", to: "]", elements)
    }

    package mutating func array(_ name: StaticString, _ elements: (inout JSONWriter) -> Void) {
        self.name(name)
        array(elements)
    }

    @inlinable
    package mutating func value<Value: JSONWritable>(_ value: Value) {
        value.write(to: &self)
    }

    /// Writes UTF-8 text outside of a String; bytes that are not UTF-8 become U+FFFD.
    package mutating func value(utf8: Span<UInt8>) {
        guard (try? UTF8Span(validating: utf8)) != nil else {
            string(utf8.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            return
        }
        separate()
        quote(utf8)
    }

    /// Writes text in which JSON escapes nothing: ASCII without control characters, quotation marks and backslashes.
    package mutating func value(plain ascii: Span<UInt8>) {
        separate()
        quoted(ascii)
    }

    @usableFromInline
    package mutating func null() {
        raw("null")
    }

    // MARK: Names

    /// Writes the name of a field; a value must follow. The name is written as it is: it may hold nothing to escape.
    @usableFromInline
    package mutating func name(_ name: StaticString) {
        // In one piece: every append asks anew whether there is room, and whether the array is shared.
        bytes.append(addingCapacity: name.utf8CodeUnitCount + 4) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            for index in 0..<name.utf8CodeUnitCount { output.append(name.utf8Start[index]) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    @usableFromInline
    package mutating func name(escaping name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func nested(
        from opening: Unicode.Scalar, to closing: Unicode.Scalar, _ content: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: opening))
        needsComma = false
        content(&self)
        bytes.append(UInt8(ascii: closing))
        needsComma = true
    }
}

// MARK: Scalars

extension JSONWriter {
    /// Writes `text` as it is: a number or one of the three literals.
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
        guard value > 9 else { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var start = text.count
        var rest = value
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        append(text.span.extracting(start...))
    }

    /// Writes `text`, which is UTF-8, between quotation marks, in stretches that need no escaping.
    private mutating func quote(_ text: Span<UInt8>) {
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

    private mutating func quoted(_ text: Span<UInt8>) {
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in text.indices { output.append(text[index]) }
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

    private mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}
