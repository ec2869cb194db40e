/// A value that knows its place in JSON.
///
/// Generic and inlinable where it is used, so that writing a value costs no existential and no witness call.
@usableFromInline
package protocol JSONWritable {
    /// Writes exactly one value.
    func write(to json: inout JSONWriter)
}

extension String: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) { self ? json.raw("true") : json.raw("false") }
}

extension Double: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) { json.number(self) }
}

/// A duration is a number of seconds; its field ends in `Seconds`.
extension Duration: JSONWritable {
    @usableFromInline
    package func write(to json: inout JSONWriter) { json.seconds(self) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    @inlinable
    package func write(to json: inout JSONWriter) {
        switch self {
        case .some(let value): value.write(to: &json)
        case .none: json.null()
        }
    }
}

extension FixedWidthInteger {
    /// Writes the number in decimal, exact for every integer of up to 64 bits.
    @inlinable
    package func write(to json: inout JSONWriter) {
        json.integer(negative: self < 0, magnitude: UInt64(truncatingIfNeeded: magnitude))
    }
}

extension Int: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt8: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}
