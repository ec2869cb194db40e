import FanOut

/// Finds values of a topic that are right by themselves and wrong together.
///
/// A value that is wrong already is judged no further, nor is what depends on it: each mistake is told once.
struct TopicCheck {
    private(set) var faults: [(key: String, text: String)] = []
    private let topic: TopicConfiguration
    private var faulty: Set<String>

    /// - Parameters:
    ///   - given: the keys that are set.
    ///   - faulty: those of which something is known to be wrong.
    init(_ topic: TopicConfiguration, given: Set<String>, faulty: Set<String>) {
        self.topic = topic
        self.faulty = faulty
        checkCopies()
        checkPayload(isGiven: given.contains("maximumPayloadBytes"))
        check(
            "datagramBytes", with: ["format"], fails: topic.format == .raw && given.contains("datagramBytes"),
            "is for the formats enveloped and cloudevents; a raw datagram is as long as its payload")
        checkLog()
        checkBurst()
    }

    private mutating func checkCopies() {
        check(
            "copies", with: ["policy"], fails: topic.policy == .once && topic.copies > 1,
            "is \(topic.copies), but the policy is once; expected policy repeat")
    }

    private mutating func checkPayload(isGiven: Bool) {
        let bytes = topic.maximumPayloadBytes
        let what = topic.format == .raw ? "a raw payload" : "an event"
        check(
            "maximumPayloadBytes", with: ["format"], fails: topic.format != .enveloped && isGiven && bytes > 65_507,
            "is \(bytes); \(what) is one datagram; expected up to 65507, or the format enveloped")
        check(
            "maximumPayloadBytes", with: ["format", "datagramBytes"],
            fails: topic.format == .cloudevents && isGiven && bytes > topic.datagramBytes,
            "is \(bytes), but an event of datagramBytes, \(topic.datagramBytes), cannot hold it; raise datagramBytes")
    }

    private mutating func checkLog() {
        let needed = 4 * topic.maximumPayloadBytes
        check(
            "ringBytes", with: ["format", "maximumPayloadBytes"], fails: topic.ringBytes < needed,
            "is \(topic.ringBytes); expected room for 4 payloads of maximumPayloadBytes, \(needed) or more")
        let divided = EnvelopeWriter.ringBytes(
            forPayload: topic.maximumPayloadBytes, topic: topic.name, datagramBytes: topic.datagramBytes)
        check(
            "ringBytes", with: ["format", "maximumPayloadBytes", "datagramBytes"],
            fails: topic.format == .enveloped && topic.ringBytes < divided,
            "is \(topic.ringBytes); expected room for the datagrams of the longest message, \(divided) or more")
    }

    private mutating func checkBurst() {
        let longest = topic.format == .raw ? "maximumPayloadBytes" : "datagramBytes"
        let what = topic.format == .raw ? "a payload" : "a datagram"
        check(
            "burstBytes", with: ["format", longest], fails: topic.burstBytes < topic.largestDatagramBytes,
            "is \(topic.burstBytes); expected room for \(what) of \(longest), \(topic.largestDatagramBytes) or more")
    }

    /// Takes `text` for a fault of `key` if it `fails`, unless that follows from a fault of it or of one of `others`.
    private mutating func check(_ key: String, with others: [String], fails: Bool, _ text: String) {
        guard fails, faulty.isDisjoint(with: [key] + others) else { return }
        faulty.insert(key)
        faults.append((key, text))
    }
}
