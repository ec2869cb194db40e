import Endpoints

/// What the text of a setting should have looked like, to be read after "expected": `a duration like 10s`.
package struct Expected: Error, Hashable, Sendable {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// How a value is written in settings: from text and back.
package struct ValueFormat<Value: Sendable>: Sendable {
    /// Reads a value; the error says what would have been right.
    package let parse: @Sendable (String) throws(Expected) -> Value

    /// Writes a value so that ``parse`` reads it back.
    package let text: @Sendable (Value) -> String

    package init(
        parse: @escaping @Sendable (String) throws(Expected) -> Value,
        text: @escaping @Sendable (Value) -> String
    ) {
        self.parse = parse
        self.text = text
    }

    /// A value that may be absent, which is written `none`.
    package static func optional<Wrapped>(_ format: ValueFormat<Wrapped>) -> Self where Value == Wrapped? {
        ValueFormat { (text: String) throws(Expected) -> Wrapped? in
            if text == "none" { return nil }
            do throws(Expected) {
                return try format.parse(text)
            } catch {
                throw Expected("\(error.text), or none")
            }
        } text: { value in
            value.map(format.text) ?? "none"
        }
    }
}

extension ValueFormat where Value == String {
    /// Any text of at least one character.
    package static var text: Self {
        ValueFormat { (text: String) throws(Expected) -> String in
            guard !text.isEmpty else { throw Expected("some text") }
            return text
        } text: { value in
            value
        }
    }
}

extension ValueFormat where Value == Bool {
    package static var boolean: Self {
        ValueFormat { (text: String) throws(Expected) -> Bool in
            guard let value = Bool(text) else { throw Expected("true or false") }
            return value
        } text: { value in
            value.description
        }
    }
}

extension ValueFormat where Value == Int {
    /// Decimal digits alone: no sign, no separators.
    package static func integer(_ range: ClosedRange<Int>) -> Self {
        ValueFormat { (text: String) throws(Expected) -> Int in
            guard let value = Int(decimal: text), range.contains(value) else {
                throw Expected("\(range.lowerBound) to \(range.upperBound)")
            }
            return value
        } text: { value in
            value.description
        }
    }
}

extension ValueFormat where Value == Endpoint {
    /// An address and a port; the host is never a name, and never left out, so that it means one thing everywhere.
    package static var endpoint: Self { endpoint(like: 8_080) }

    /// The same where one listens, explained by addresses with `port`.
    package static func endpoint(like port: UInt16) -> Self {
        endpoint(like: "127.0.0.1:\(port), 0.0.0.0:\(port) or [::]:\(port)")
    }

    /// A DNS server's.
    package static var nameserver: Self { endpoint(like: "10.96.0.10:53 or [fd00::a]:53") }

    /// The same, explained by `examples`.
    package static func endpoint(like examples: String) -> Self {
        ValueFormat { (text: String) throws(Expected) -> Endpoint in
            guard let endpoint = Endpoint(text) else { throw Expected("ADDRESS:PORT like \(examples)") }
            return endpoint
        } text: { value in
            value.description
        }
    }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the raw values of an enumeration.
    package static var choice: Self {
        ValueFormat { (text: String) throws(Expected) -> Value in
            guard let value = Value(rawValue: text) else {
                let names = Value.allCases.map(\.rawValue)
                let guess = nearest(to: text, among: names).map { " (did you mean \($0)?)" } ?? ""
                throw Expected(names.joined(separator: ", ") + guess)
            }
            return value
        } text: { value in
            value.rawValue
        }
    }
}
