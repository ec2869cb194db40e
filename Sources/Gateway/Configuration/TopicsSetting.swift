import Service

extension Setting<GatewayConfiguration> {
    /// The topics: a mapping or a list in a file, `NAME=SOURCE?KEY=VALUE&…` in flags and, several of them separated by
    /// white space, in the environment.
    ///
    /// A topic set in a higher layer replaces the one of the same name whole.
    static let topics = Setting(
        "topics", flag: "topic", "NAME=URL", "A topic and where its subscribers are found; repeat for several topics"
    ) { inputs, configuration in
        var reader = TopicsReader()
        for input in inputs { reader.read(input) }
        for topic in reader.topics {
            if let index = configuration.topics.firstIndex(where: { $0.name == topic.name }) {
                configuration.topics[index] = topic
            } else {
                configuration.topics.append(topic)
            }
        }
        return reader.faults
    } text: { configuration in
        configuration.topics.isEmpty ? "none" : configuration.topics.map(\.name).joined(separator: " ")
    }
}

/// The topics of one layer.
private struct TopicsReader {
    var topics: [TopicConfiguration] = []
    var faults: [Fault] = []
    private var names: Set<String> = []

    static let expected = Expected("NAME=URL like orders=dns://headless-udp.shop.svc.cluster.local:12000")

    mutating func read(_ input: SettingInput) {
        switch (input.content, input.file) {
        case (.null, _):
            return
        case (.mapping(let members), let file?):
            for member in members { read(name: member.key, member.value, SettingInput(member, file: file), file) }
        case (.sequence(let elements), let file?):
            for element in elements { read(element, file) }
        case (.scalar(let text), nil):
            let words = text.split(whereSeparator: \.isWhitespace)
            // A flag is one topic, the variable several.
            for word in input.origin.isFlag && words.count != 1 ? [text[...]] : words {
                read(text: word, from: input.origin, isLine: false)
            }
        default:
            faults.append(input.origin.fault("is \(input.content.kind); expected a mapping of names to URLs"))
        }
    }

    /// An element of a list: `- orders=dns://…` or a mapping with a `name`.
    private mutating func read(_ element: YAMLNode, _ file: String) {
        let origin = Origin(place: "\(file):\(element.line)", subject: "topic")
        switch element.content {
        case .scalar(let text):
            read(text: text[...], from: origin, isLine: true)
        case .mapping(let members):
            guard case .scalar(let name)? = members.first(where: { $0.key == "name" })?.value.content else {
                faults.append(origin.fault("has no name"))
                return
            }
            let node = YAMLNode(line: element.line, .mapping(members.filter { $0.key != "name" }))
            let input = SettingInput("", from: origin)
            read(name: name, node, input, file)
        case .null, .sequence:
            faults.append(origin.fault("is \(element.content.kind); expected \(Self.expected.text)"))
        }
    }

    private mutating func read(name: String, _ value: YAMLNode, _ input: SettingInput, _ file: String) {
        var reader = TopicReader(name: name, from: input.origin, isLine: true)
        switch value.content {
        case .scalar(let url): reader.read(url: url)
        case .mapping(let members): reader.read(members, file: file)
        case .null: break
        case .sequence:
            faults.append(input.origin.fault("is a list; expected a URL or a mapping with a source"))
            return
        }
        finish(&reader, name: name, input.origin)
    }

    private mutating func read(text: Substring, from origin: Origin, isLine: Bool) {
        guard let equals = text.firstIndex(of: "=") else {
            faults.append(origin.fault(value: String(text), Self.expected))
            return
        }
        let name = String(text[..<equals])
        var reader = TopicReader(name: name, from: origin, isLine: isLine)
        reader.read(url: String(text[text.index(after: equals)...]))
        finish(&reader, name: name, origin)
    }

    private mutating func finish(_ reader: inout TopicReader, name: String, _ origin: Origin) {
        if let topic = reader.topic() { topics.append(topic) }
        faults += reader.faults
        if !names.insert(name).inserted {
            faults.append(Origin(place: origin.place, subject: "\(origin.subject) \(name)").fault("is given twice"))
        }
    }
}
