/// All the settings of a program, and how their layers are put over each other: file < environment < flags.
package struct SettingTable<Configuration>: Sendable {
    package let settings: [Setting<Configuration>]

    package init(_ settings: [Setting<Configuration>]) {
        self.settings = settings
    }

    /// Puts what file, environment and flags say over `configuration`, and reports everything that is wrong with it.
    ///
    /// The file is named by `--config` or HEADCAST_CONFIG. HEADCAST_GATEWAY is for the commands that ask a gateway.
    /// Variables that do not begin with HEADCAST_ are no concern of ours, an empty one counts as not set, and those
    /// that Kubernetes makes for a Service whose name begins with `headcast` are left alone (see
    /// ``isServiceVariable(_:)``).
    package func load(
        into configuration: inout Configuration, arguments: [String], environment: [String: String]
    ) -> [Fault] {
        let flags = FlagReader(arguments, known: settings.map(\.dashedFlag) + ["--config"])
        let variables = environment.filter { $0.key.hasPrefix("HEADCAST_") && !$0.value.isEmpty }
            .sorted { $0.key < $1.key }
        let path = flags.values.last { $0.name == "config" }?.value
        var faults: [Fault] = []
        if let path = path ?? environment["HEADCAST_CONFIG"], !path.isEmpty {
            faults += read(file: path, into: &configuration)
        }
        faults += read(variables, into: &configuration)
        faults += flags.faults
        faults += read(flags, into: &configuration)
        return faults
    }

    /// Reads the members of a mapping, or named values of any other kind whose subjects are keys.
    package func read(_ inputs: [SettingInput], into configuration: inout Configuration) -> [Fault] {
        read(inputs, by: \.key, others: [], into: &configuration)
    }

    private func read(file path: String, into configuration: inout Configuration) -> [Fault] {
        do {
            let (root, repeated) = try YAMLReader.read(try SettingFile.read(path))
            guard case .mapping(let members) = root.content else {
                return [Fault("\(path):\(root.line): the file is \(root.content.kind); expected lines like key: value")]
            }
            return repeated.map { Fault($0, in: path) }
                + read(members.map { SettingInput($0, file: path) }, into: &configuration)
        } catch let error as YAMLError {
            return [Fault(error, in: path)]
        } catch let error as SettingFile.ReadError {
            return [Fault("cannot read \(path): \(error.reason)")]
        } catch {
            return [Fault("cannot read \(path): \(error)")]
        }
    }

    private func read(_ variables: [(key: String, value: String)], into configuration: inout Configuration) -> [Fault] {
        let known = Set(settings.map(\.environment))
        let inputs = variables.filter { known.contains($0.key) || !isServiceVariable($0.key) }
            .map { SettingInput($0.value, from: Origin(subject: $0.key)) }
        return read(
            inputs, by: \.environment, others: ["HEADCAST_CONFIG", "HEADCAST_GATEWAY"], prefix: "HEADCAST_",
            into: &configuration)
    }

    private func read(_ flags: FlagReader, into configuration: inout Configuration) -> [Fault] {
        let inputs = flags.values.map { SettingInput($0.value, from: Origin(subject: "--\($0.name)")) }
        return read(inputs, by: \.dashedFlag, others: ["--config"], prefix: "--", into: &configuration)
    }

    /// Hands each setting what is given under its name, all at once, and reports the names that no setting has.
    ///
    /// `others` are names that are known, too, and read elsewhere.
    private func read(
        _ inputs: [SettingInput],
        by name: (Setting<Configuration>) -> String,
        others: [String],
        prefix: String = "",
        into configuration: inout Configuration
    ) -> [Fault] {
        var rest = inputs[...]
        var isRead: Set<String> = []
        var faults: [Fault] = []
        while let input = rest.popFirst() {
            let subject = input.origin.subject
            if others.contains(subject) || isRead.contains(subject) { continue }
            if let setting = settings.first(where: { name($0) == subject }) {
                isRead.insert(subject)
                faults += setting.read(inputs.filter { $0.origin.subject == subject }, &configuration)
            } else {
                faults.append(input.origin.unknown(among: settings.map(name) + others, prefix: prefix))
            }
        }
        return faults
    }
}

extension Fault {
    fileprivate init(_ error: YAMLError, in path: String) {
        self.init(error.line > 0 ? "\(path):\(error.line): \(error.problem)" : "\(path): \(error.problem)")
    }
}

extension Setting {
    fileprivate var dashedFlag: String { "--\(flag)" }
}
