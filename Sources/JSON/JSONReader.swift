/// Reads a JSON document (RFC 8259) part by part, as its user asks for them.
///
/// Strict: the text must be UTF-8, surrogates must come in pairs, numbers have the form of section 6, and nothing may
/// stand behind a comma or the document. Allocates nothing; text is told by where it stands, see ``JSONText``. After an
/// error the reader is of no further use.
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.beginObject()
/// while let name = try reader.nextName() {
///     if reader.string(name) == "payload" { payload = try reader.text() } else { try reader.skip() }
/// }
/// try reader.end()
/// ```
@usableFromInline
package struct JSONReader: Sendable {
    /// How many objects and arrays may stand one in another.
    package static let maximumDepth = 64

    /// What is read from, untouched.
    package let bytes: [UInt8]

    private let start: Int
    let limit: Int
    var position: Int
    private var depth = 0
    /// Whether a comma must come before the next member or element of what is open.
    var needsComma = false

    /// - Parameter range: where in `bytes` the document stands; everywhere if left out.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        let range = range ?? 0..<bytes.count
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        start = range.lowerBound
        limit = range.upperBound
        position = start
    }

    /// What a value can be.
    package enum Kind: Sendable {
        case object, array, text, number, bool, null
    }

    /// What the next value is by its first character; nil where no value begins.
    package mutating func kind() -> Kind? {
        switch next() {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "-"): .number
        case let byte? where byte.isDigit: .number
        default: nil
        }
    }

    /// Passes over the next value, whatever it is, and tells where it stands.
    ///
    /// Its form is checked like that of everything that is read; that names in it are unique is not.
    @discardableResult
    package mutating func skip() throws(JSONFault) -> Range<Int> {
        let kind = kind()
        let first = position
        switch kind {
        case .object:
            try beginObject()
            while try nextName() != nil { try skip() }
        case .array:
            try beginArray()
            while try nextElement() { try skip() }
        case .text: _ = try text()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: try null()
        case nil: throw expected("a value")
        }
        return first..<position
    }

    /// Checks that nothing but white space is left.
    package mutating func end() throws(JSONFault) {
        guard next() == nil else { throw expected("nothing more") }
    }

    // MARK: Objects and arrays

    package mutating func beginObject() throws(JSONFault) {
        try open(UInt8(ascii: "{"), "an object")
    }

    /// The name of the next member, whose value is to be read or skipped then; nil at the end of the object.
    @usableFromInline
    package mutating func nextName() throws(JSONFault) -> JSONText? {
        guard try hasMore(before: UInt8(ascii: "}"), "a comma or }") else { return nil }
        guard next() == UInt8(ascii: "\"") else { throw expected("a name in quotation marks") }
        let name = try text()
        guard next() == UInt8(ascii: ":") else { throw expected("a colon") }
        position += 1
        return name
    }

    package mutating func beginArray() throws(JSONFault) {
        try open(UInt8(ascii: "["), "an array")
    }

    /// Whether the array has another element, which is to be read or skipped then.
    package mutating func nextElement() throws(JSONFault) -> Bool {
        try hasMore(before: UInt8(ascii: "]"), "a comma or ]")
    }

    private mutating func open(_ bracket: UInt8, _ name: String) throws(JSONFault) {
        guard next() == bracket else { throw expected(name) }
        guard depth < Self.maximumDepth else { throw expected("at most \(Self.maximumDepth) levels") }
        position += 1
        depth += 1
        needsComma = false
    }

    private mutating func hasMore(before bracket: UInt8, _ name: String) throws(JSONFault) -> Bool {
        let byte = next()
        if byte == bracket {
            position += 1
            depth -= 1
            needsComma = true
            return false
        }
        guard needsComma else { return true }
        guard byte == UInt8(ascii: ",") else { throw expected(name) }
        position += 1
        needsComma = false
        guard next() != bracket else { throw expected("something behind the comma") }
        return true
    }

    // MARK: Bytes

    /// The first byte that is not white space; the position is then there.
    mutating func next() -> UInt8? {
        while let byte = peek() {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    func peek() -> UInt8? { position < limit ? bytes[position] : nil }

    func expected(_ what: String) -> JSONFault { .expected(what, byte: position - start + 1) }
}
