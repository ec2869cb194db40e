import FanOut
import Service

/// One topic as it is being read: `NAME=SOURCE?KEY=VALUE&KEY=VALUE`, or a mapping with the same keys.
struct TopicReader {
    private(set) var faults: [Fault] = []
    private let name: String
    /// Where the topic is set, its name as the subject.
    private let origin: Origin
    /// What leads to the values of the topic.
    private let place: String
    private var source: TopicSource?
    /// Whether there is something that is to be one.
    private var hasSource = false
    private var inputs: [SettingInput] = []

    /// - Parameters:
    ///   - origin: where the topic is set: `--topic`, or the key in a file.
    ///   - isLine: whether the place of the origin leads to the topic, as the line of a file does.
    init(name: String, from origin: Origin, isLine: Bool) {
        self.name = name
        self.origin = isLine ? Origin(place: origin.place, subject: "topic \(name)") : origin
        place = isLine ? origin.place : "\(origin.subject) \(name)"
        if !TopicConfiguration.isValid(name: name) {
            faults.append(
                self.origin.fault(
                    "has the name \(name.quoted); expected 1 to 128 letters, digits or . _ ~ -, but neither . nor .."))
        }
    }

    /// Takes a source with its parameters.
    mutating func read(url: String) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let origin = Origin(place: place, subject: Self.source)
        hasSource = true
        do throws(Expected) {
            source = try ValueFormat.source.parse(String(parts[0]))
        } catch {
            faults.append(origin.fault(value: String(parts[0]), error))
        }
        guard parts.count == 2 else { return }
        for parameter in parts[1].split(separator: "&") {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? String(pair[1]) : ""
            inputs.append(SettingInput(value, from: Origin(place: place, subject: String(pair[0]))))
        }
    }

    /// Takes the keys of a mapping in a file; `source` is one of them, with or without parameters.
    mutating func read(_ members: [YAMLNode.Member], file: String) {
        for member in members {
            let input = SettingInput(member, file: file)
            if member.key != Self.source {
                inputs.append(input)
            } else if case .scalar(let url) = member.value.content {
                read(url: url)
            } else {
                hasSource = true
                faults.append(
                    input.origin.fault("is \(member.value.content.kind); expected a URL like dns://NAME:PORT"))
            }
        }
    }

    /// The topic, unless something is wrong with it; ``faults`` then says what.
    mutating func topic() -> TopicConfiguration? {
        var topic = TopicConfiguration(name: name, source: source ?? .static([]))
        let faulty = readValues(into: &topic)
        if !hasSource, !faulty.contains(Self.source) {
            faults.append(origin.fault("has no source; expected one like dns://NAME:PORT"))
        }
        let given = Set(inputs.map(\.origin.subject))
        complete(&topic, given: given)
        for fault in TopicCheck(topic, given: given, faulty: faulty).faults {
            let input = inputs.first { $0.origin.subject == fault.key }
            faults.append((input?.origin ?? Origin(place: place, subject: fault.key)).fault(fault.text))
        }
        return faults.isEmpty ? topic : nil
    }

    private static let source = "source"

    /// Reads every value, and returns the keys that something is wrong with; an unknown one counts for that which it is
    /// nearest to.
    private mutating func readValues(into topic: inout TopicConfiguration) -> Set<String> {
        let known = TopicSettings.table.settings.map(\.key) + [Self.source]
        var faulty: Set<String> = []
        var given: Set<String> = []
        for input in inputs where !given.insert(input.origin.subject).inserted {
            faults.append(input.origin.fault("is given twice"))
            faulty.insert(input.origin.subject)
        }
        for input in inputs where given.remove(input.origin.subject) != nil {
            let key = input.origin.subject
            let found = TopicSettings.table.read(inputs.filter { $0.origin.subject == key }, into: &topic)
            faults += found
            guard !found.isEmpty else { continue }
            if let meant = known.contains(key) ? key : nearest(to: key, among: known) { faulty.insert(meant) }
        }
        return faulty
    }

    /// Sets what follows from other values where it is not `given`.
    private func complete(_ topic: inout TopicConfiguration, given: Set<String>) {
        if topic.policy == .repeat, !given.contains("copies") { topic.copies = TopicConfiguration.repeatedCopies }
        if !given.contains("maximumPayloadBytes") {
            switch topic.format {
            case .raw: break
            case .enveloped: topic.maximumPayloadBytes = TopicConfiguration.envelopedPayloadBytes
            // No payload is longer than the event that holds it.
            case .cloudevents: topic.maximumPayloadBytes = topic.datagramBytes
            }
        }
        if topic.format == .enveloped, !given.contains("ringBytes") {
            topic.ringBytes = max(TopicConfiguration.envelopedRingBytes, 4 * topic.maximumPayloadBytes)
        }
    }
}
