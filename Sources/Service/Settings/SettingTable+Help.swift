extension SettingTable {
    /// The settings as a list of flags with their defaults, which are those of `configuration`, for a help text of 80
    /// columns.
    package func flagHelp(for configuration: Configuration) -> String {
        settings.map { help(on: $0, titled: "--\($0.flag) \($0.valueName)", for: configuration) }
            .joined(separator: "\n")
    }

    /// The same with keys instead of flags.
    package func keyHelp(for configuration: Configuration) -> String {
        settings.map { help(on: $0, titled: "\($0.key)=\($0.valueName)", for: configuration) }.joined(separator: "\n")
    }

    /// Every setting and its value in `configuration`, to be logged at the start.
    package func values(of configuration: Configuration) -> [(key: String, value: String)] {
        settings.map { ($0.key, $0.text(configuration)) }
    }

    private func help(
        on setting: Setting<Configuration>, titled title: String, for configuration: Configuration
    ) -> String {
        var lines = ["  " + title, "     "]
        for word in "\(setting.help) (default: \(setting.text(configuration))).".split(separator: " ") {
            if lines[lines.endIndex - 1].count + word.count >= 78 { lines.append("     ") }
            lines[lines.endIndex - 1] += " \(word)"
        }
        return lines.joined(separator: "\n")
    }
}
