extension Unicode.Scalar {
    /// Whether the scalar shows as itself and cannot move a cursor, break a line or turn the direction of writing.
    private var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // The joiners U+200C and U+200D are part of words and emoji; the others of this kind hide or reorder text.
        case .format: value == 0x200C || value == 0x200D
        default: true
        }
    }

    fileprivate var visible: String {
        isVisible ? String(self) : escaped(asASCII: true)
    }
}

extension StringProtocol {
    /// The text made safe for a terminal: what does not show is escaped, as `\n` or `\u{9B}`.
    package var visible: String {
        unicodeScalars.lazy.map(\.visible).joined()
    }

    /// The text in quotation marks for a message, made safe for a terminal and cut after 80 characters.
    package var quoted: String {
        let shown = unicodeScalars.prefix(80)
        return "\"\(shown.map(\.visible).joined())\(shown.endIndex < unicodeScalars.endIndex ? "…" : "")\""
    }

    /// The text as one word of a line: in quotation marks unless it can do without.
    package var word: String {
        let visible = self.visible
        let needsQuotes = visible.isEmpty || visible.contains { $0 == "\"" || $0 == "=" || $0.isWhitespace }
        return needsQuotes ? "\"\(visible.replacing("\"", with: "\\\""))\"" : visible
    }
}
