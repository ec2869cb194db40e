import JSON

extension JSONReader.Kind {
    /// To be read after "is".
    var name: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .text: "text"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
