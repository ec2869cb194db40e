/// One value of a YAML document and the line it starts on.
package struct YAMLNode: Hashable, Sendable {
    /// Counted from 1.
    package var line: Int
    package var content: Content

    package enum Content: Hashable, Sendable {
        /// Text as it is written. Numbers and booleans are text too: what they mean is for the setting to say.
        case scalar(String)
        /// `null`, `~` or nothing at all, unquoted.
        case null
        case sequence([YAMLNode])
        /// Keys are distinct and in the order written.
        case mapping([Member])
    }

    /// One `key: value` of a mapping; the line is that of the key.
    package struct Member: Hashable, Sendable {
        package var line: Int
        package var key: String
        package var value: YAMLNode
    }

    package init(line: Int, _ content: Content) {
        self.line = line
        self.content = content
    }
}

extension YAMLNode.Content {
    /// What kind of value it is, for messages: `a list`.
    package var kind: String {
        switch self {
        case .scalar: "a single value"
        case .null: "empty"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
