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
                self.origin.fault("has the name \(name.quoted); expected 1 to 128 letters, digits or . _ ~ -")
            )
        }
    }

    /// Takes a source with its parameters.
    mutating func read(url: String) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let origin = Origin(place: place, subject: "source")
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
            if member.key != "source" {
                inputs.append(input)
            } else if case .scalar(let url) = member.value.content {
                read(url: url)
            } else {
                faults.append(
                    input.origin.fault("is \(member.value.content.kind); expected a URL like dns://NAME:PORT"))
            }
        }
    }

    /// The topic, unless something is wrong with it; ``faults`` then says what.
    mutating func topic() -> TopicConfiguration? {
        if source == nil, faults.isEmpty {
            faults.append(origin.fault("has no source; expected one like dns://NAME:PORT"))
        }
        var topic = TopicConfiguration(name: name, source: source ?? .static([]))
        var given: Set<String> = []
        for input in inputs where !given.insert(input.origin.subject).inserted {
            faults.append(input.origin.fault("is given twice"))
        }
        faults += TopicSettings.table.read(inputs, into: &topic)
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
        if faults.isEmpty { check(topic, given: given) }
        return faults.isEmpty ? topic : nil
    }

    /// Finds values that are right by themselves and wrong together.
    private mutating func check(_ topic: TopicConfiguration, given: Set<String>) {
        func fault(_ key: String, _ text: String) {
            let origin = inputs.first { $0.origin.subject == key }?.origin ?? Origin(place: place, subject: key)
            faults.append(origin.fault(text))
        }
        if topic.policy == .once, topic.copies > 1 {
            fault("copies", "is \(topic.copies), but the policy is once; expected policy repeat")
        }
        if topic.format == .raw {
            if topic.maximumPayloadBytes > 65_507 {
                fault(
                    "maximumPayloadBytes",
                    "is \(topic.maximumPayloadBytes); a raw payload is one datagram; "
                        + "expected up to 65507, or the format enveloped")
            }
            if given.contains("datagramBytes") {
                fault(
                    "datagramBytes",
                    "is for the formats enveloped and cloudevents; a raw datagram is as long as its payload")
            }
        }
        if topic.ringBytes < 4 * topic.maximumPayloadBytes {
            fault(
                "ringBytes",
                "is \(topic.ringBytes); expected room for 4 payloads of maximumPayloadBytes, "
                    + "\(4 * topic.maximumPayloadBytes) or more")
        }
        if topic.format == .cloudevents, topic.maximumPayloadBytes > 65_507 {
            fault(
                "maximumPayloadBytes",
                "is \(topic.maximumPayloadBytes); an event is one datagram; expected up to 65507, or the format enveloped"
            )
        }
        if topic.format == .cloudevents, topic.maximumPayloadBytes <= 65_507, given.contains("maximumPayloadBytes"),
            topic.maximumPayloadBytes > topic.datagramBytes
        {
            fault(
                "maximumPayloadBytes",
                "is \(topic.maximumPayloadBytes), but an event of datagramBytes, \(topic.datagramBytes), cannot hold it; "
                    + "raise datagramBytes")
        }
        let needed = EnvelopeWriter.ringBytes(
            forPayload: topic.maximumPayloadBytes, topic: name, datagramBytes: topic.datagramBytes)
        if topic.format == .enveloped, topic.ringBytes < needed, topic.ringBytes >= 4 * topic.maximumPayloadBytes {
            fault(
                "ringBytes",
                "is \(topic.ringBytes); expected room for the datagrams of the longest message, \(needed) or more")
        }
        if topic.burstBytes < topic.largestDatagramBytes {
            let what = topic.format == .raw ? "a payload of maximumPayloadBytes" : "a datagram of datagramBytes"
            fault(
                "burstBytes",
                "is \(topic.burstBytes); expected room for \(what), \(topic.largestDatagramBytes) or more")
        }
    }
}
