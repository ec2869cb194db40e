extension JSONWriter {
    /// Writes a field whose value is a document that a writer made, without its final newline.
    package mutating func field(_ name: StaticString, document: [UInt8]) {
        self.name(name)
        separate()
        bytes += document.last == UInt8(ascii: "\n") ? document.dropLast() : document[...]
    }

    /// Writes the members of a document that a writer made, an object, into the object that is open.
    package mutating func members(of document: [UInt8]) {
        let end = document.lastIndex(of: UInt8(ascii: "}")) ?? 0
        guard end > 1 else { return }
        separate()
        bytes += document[1..<end]
    }
}
