/// One value given for a setting, and by whom.
package struct SettingInput: Sendable {
    package var origin: Origin

    /// A scalar, unless it comes from a file.
    package var content: YAMLNode.Content

    /// The path of the file that it comes from; nil for the environment and for flags.
    package var file: String?

    package init(_ text: String, from origin: Origin) {
        self.origin = origin
        content = .scalar(text)
    }

    /// The value of `member` in the file at `path`.
    package init(_ member: YAMLNode.Member, file path: String) {
        origin = Origin(place: "\(path):\(member.line)", subject: member.key)
        content = member.value.content
        file = path
    }

    /// The same origin with another value.
    package func replacing(_ content: YAMLNode.Content) -> SettingInput {
        var input = self
        input.content = content
        return input
    }
}
