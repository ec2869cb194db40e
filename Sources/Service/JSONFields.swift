import JSON

/// The members of an object all of whose names are known, each at most once.
///
/// Inlinable, so that it is compiled for the fields of whoever uses it, and without a string for what is known: a batch
/// has thousands of them.
/// ```swift
/// var fields = JSONFields<Field>()
/// try reader.beginObject()
/// while let field = try fields.next(in: &reader) { … }
/// ```
@usableFromInline
package struct JSONFields<Field: RawRepresentable<String> & CaseIterable> {
    /// A bit for each field that has come, in the order of all of them, which are 64 at most.
    @usableFromInline var seen: UInt64 = 0

    @inlinable
    package init() {}

    /// The next member, whose value is to be read then; nil at the end of the object.
    @inlinable
    package mutating func next(in reader: inout JSONReader) throws(JSONFault) -> Field? {
        guard let name = try reader.nextName() else { return nil }
        var bit: UInt64 = 1
        for field in Field.allCases {
            if reader.isEqual(name, to: field.rawValue) {
                guard seen & bit == 0 else { throw .repeatedMember(field.rawValue) }
                seen |= bit
                return field
            }
            bit <<= 1
        }
        throw Self.unknown(reader.string(name))
    }

    @usableFromInline
    static func unknown(_ name: String) -> JSONFault {
        let known = Field.allCases.map(\.rawValue)
        return .unknownMember(name, nearest: nearest(to: name, among: known), known: known)
    }
}
