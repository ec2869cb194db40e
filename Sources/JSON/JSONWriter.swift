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

    /// The same for numbers, with which documents are full.
    @inlinable
    package mutating func field<Value: FixedWidthInteger & JSONWritable>(_ name: StaticString, _ value: Value) {
        field(name, negative: value < 0, magnitude: UInt64(truncatingIfNeeded: value.magnitude))
    }

    /// Writes a field whose value is UTF-8 text outside of a String; bytes that are not UTF-8 become U+FFFD.
    package mutating func field(_ name: StaticString, utf8: Span<UInt8>) {
        self.name(name)
        value(utf8: utf8)
    }

    /// Writes a field whose value is text as ``value(plain:)`` takes it.
    package mutating func field(_ name: StaticString, plain ascii: Span<UInt8>) {
        field(name, room: ascii.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            ascii.withUnsafeBufferPointer { output.append(copying: $0) }
            output.append(UInt8(ascii: "\""))
        }
        needsComma = true
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
        field(name, room: 0) { _ in }
        needsComma = false
    }

    @usableFromInline
    mutating func field(_ name: StaticString, negative: Bool, magnitude: UInt64) {
        field(name, room: 21) { output in
            if negative { output.append(UInt8(ascii: "-")) }
            output.append(digitsOf: magnitude)
        }
        needsComma = true
    }

    /// Writes the name of a field, and a value of at most `room` bytes, in one piece: every append asks anew whether there
    /// is room, and whether the array is shared.
    @inline(__always)
    private mutating func field(_ name: StaticString, room: Int, _ value: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: name.utf8CodeUnitCount + 4 + room) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            name.withUTF8Buffer { output.append(copying: $0) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
            value(&output)
        }
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
