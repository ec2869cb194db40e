/// One setting of a program: its names, its help, and how it is read into the configuration.
///
/// The key is how a file spells it, in camelCase; flag and environment variable follow from it: `drainTimeout` is
/// `--drain-timeout` and `HEADCAST_DRAIN_TIMEOUT`.
package struct Setting<Configuration>: Sendable {
    package let key: String
    /// Without the dashes.
    package let flag: String
    package let environment: String
    /// What stands for the value in help texts: `ADDRESS:PORT`.
    package let valueName: String
    /// One sentence without its full stop, or several.
    package let help: String

    /// Reads what one layer gives for this setting, in the order given, and reports what is wrong with it.
    package let read: @Sendable (_ inputs: [SettingInput], inout Configuration) -> [Fault]

    /// The value in a configuration, as ``read`` would read it.
    package let text: @Sendable (Configuration) -> String

    package init(
        _ key: String,
        flag: String? = nil,
        _ valueName: String,
        _ help: String,
        read: @escaping @Sendable (_ inputs: [SettingInput], inout Configuration) -> [Fault],
        text: @escaping @Sendable (Configuration) -> String
    ) {
        self.key = key
        self.flag = flag ?? separated(key, by: "-")
        environment = "HEADCAST_" + separated(flag ?? key, by: "_").uppercased().replacing("-", with: "_")
        self.valueName = valueName
        self.help = help
        self.read = read
        self.text = text
    }

    /// A setting with one value, kept at `path`. Given several times in one layer, the last counts.
    package init<Value>(
        _ key: String,
        _ valueName: String,
        _ help: String,
        _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ format: ValueFormat<Value>
    ) {
        self.init(key, valueName, help) { inputs, configuration in
            var faults: [Fault] = []
            for input in inputs {
                switch input.content {
                case .null:
                    continue
                case .scalar(let text):
                    do throws(Expected) {
                        configuration[keyPath: path] = try format.parse(text)
                    } catch {
                        faults.append(input.origin.fault(value: text, error))
                    }
                case .sequence, .mapping:
                    faults.append(input.origin.fault("is \(input.content.kind); expected a single value"))
                }
            }
            return faults
        } text: { configuration in
            format.text(configuration[keyPath: path])
        }
    }
}

/// `drainTimeout` as `drain-timeout`.
private func separated(_ key: String, by separator: Character) -> String {
    key.reduce(into: "") { words, letter in
        if letter.isUppercase { words.append(separator) }
        words += letter.lowercased()
    }
}
