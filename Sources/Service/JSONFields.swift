import JSON

/// The members of an object all of whose names are known, each at most once.
///
/// ```swift
/// var fields = JSONFields<Field>()
/// try reader.beginObject()
/// while let field = try fields.next(in: &reader) { … }
/// ```
package struct JSONFields<Field: RawRepresentable<String> & CaseIterable & Hashable> {
    package private(set) var seen: Set<Field> = []

    package init() {}

    /// The next member, whose value is to be read then; nil at the end of the object.
    package mutating func next(in reader: inout JSONReader) throws(JSONFault) -> Field? {
        guard let name = try reader.nextName().map(reader.string) else { return nil }
        // Strings are equal to what is canonically equivalent; names of JSON are not.
        guard let field = Field(rawValue: name), field.rawValue.utf8.elementsEqual(name.utf8) else {
            let known = Field.allCases.map(\.rawValue)
            throw .unknownMember(name, nearest: nearest(to: name, among: known), known: known)
        }
        guard seen.insert(field).inserted else { throw .repeatedMember(name) }
        return field
    }
}
