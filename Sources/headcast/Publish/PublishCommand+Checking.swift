import ArgumentParser
import Service
import Wire

/// What flags are wrong, told before anything is sent.
extension PublishCommand {
    func validate() throws {
        try checkSource()
        try checkTopics()
        for attribute in attribute { try check(attribute: attribute) }
        try checkNumbers()
        for field in header { try check(header: field) }
        try checkValues()
    }

    private func checkSource() throws {
        guard givenPayload == nil || !lines else {
            throw ValidationError("--lines reads standard input; leave out the payload")
        }
        guard idempotencyKey == nil || !lines else {
            throw ValidationError("--idempotency-key names one message; it does not go with --lines")
        }
    }

    private func checkTopics() throws {
        guard topics.count == 1 || !lines else {
            throw ValidationError("--lines publishes to one topic; \(topic.quoted) are several")
        }
        for topic in topics { try TopicArgument.check(topic) }
        guard Set(topics).count == topics.count else {
            throw ValidationError("\(topic.quoted) has a topic twice; give each once")
        }
    }

    private func check(attribute: String) throws {
        guard let name = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first,
            name.utf8.count < attribute.utf8.count, Attributes.isName(String(name))
        else {
            throw ValidationError(
                "--attribute is \(attribute.quoted); expected NAME=VALUE with a name of a-z, 0-9, -, _ and .")
        }
        guard !name.hasPrefix("ce-") else {
            throw ValidationError(
                "--attribute is \(attribute.quoted); names that begin with ce- are of events, which are published "
                    + "whole with --content-type application/cloudevents+json, or with headers like --header 'ce-id: 1'"
            )
        }
    }

    private func checkNumbers() throws {
        guard maximumAge.map({ $0.components.attoseconds == 0 }) ?? true else {
            throw ValidationError("--maximum-age takes whole seconds, like 5s")
        }
        guard copies.map((1...16).contains) ?? true else {
            throw ValidationError("--copies is \(copies ?? 0); expected 1 to 16")
        }
        guard require.map((0...1_000_000).contains) ?? true else {
            throw ValidationError("--require is \(require ?? 0); expected 0 to 1000000")
        }
        guard timeout > .zero else { throw ValidationError("--timeout is 0; expected a duration like 10s") }
    }

    private func check(header field: String) throws {
        let name = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard field.contains(":"), !name.isEmpty, !name.contains(where: \.isWhitespace) else {
            throw ValidationError("--header is \(field.quoted); expected NAME: VALUE")
        }
        switch name.lowercased() {
        // Of two fields it would be open which counts, and a batch has a type of its own.
        case "content-type":
            throw ValidationError("--header is \(field.quoted); --content-type gives the type of the payload")
        case "idempotency-key" where lines:
            throw ValidationError("--header is \(field.quoted); a key names one message and does not go with --lines")
        case let name where name.hasPrefix("ce-") && lines:
            throw ValidationError(
                "--header is \(field.quoted); ce- headers make one message an event; with --lines every line is an "
                    + "event of its own with --content-type application/cloudevents+json")
        default: break
        }
    }

    private func checkValues() throws {
        for (flag, text) in [("content-type", contentType), ("idempotency-key", idempotencyKey)]
            + attribute.map({ ("attribute", $0) })
        {
            if let text, text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw ValidationError("--\(flag) is \(text.quoted); control characters cannot stand in a header")
            }
        }
        for attribute in attribute {
            let value = attribute.drop { $0 != "=" }.dropFirst()
            guard value.first != " ", value.last != " " else {
                throw ValidationError(
                    "--attribute is \(attribute.quoted); a value has no spaces at its ends, where HTTP takes them away")
            }
        }
        // A field without a value, or with spaces for one, would not count as given.
        guard idempotencyKey.map(isBlank) != true else {
            throw ValidationError("--idempotency-key is empty; expected 1 to 255 bytes")
        }
        guard contentType.map(isBlank) != true else {
            throw ValidationError("--content-type is empty; expected a type like application/json")
        }
    }

    private func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
