import ArgumentParser
import Testing

@testable import headcast

struct PublishCommandTests {
    @Test(arguments: ["", " "])
    func `an empty key is refused, since no key would be sent`(key: String) {
        let text = "--idempotency-key is empty; expected 1 to 255 bytes"
        #expect(PublishCommand.refusal(of: ["orders", "x", "--idempotency-key", key]) == text)
        #expect(PublishCommand.refusal(of: ["orders", "x", "--idempotency-key", "k"]) == nil)
    }

    @Test func `an empty type is refused`() {
        let text = "--content-type is empty; expected a type like application/json"
        #expect(PublishCommand.refusal(of: ["orders", "x", "--content-type", ""]) == text)
    }

    @Test(arguments: [".", ".."])
    func `what no topic is called is refused, since it would be another path`(topic: String) {
        let text = "the topic is \"\(topic)\"; no topic is called . or .."
        #expect(PublishCommand.refusal(of: ["orders,\(topic)", "x"]) == text)
        #expect(StatusCommand.refusal(of: ["--topic", topic]) == text)
        #expect(PublishCommand.refusal(of: ["...", "x"]) == nil)
    }

    @Test func `lines are read of standard input, whether that is said or not`() {
        #expect(PublishCommand.refusal(of: ["orders", "-", "--lines"]) == nil)
        #expect(PublishCommand.refusal(of: ["orders", "x", "--lines"])?.contains("leave out the payload") == true)
    }

    @Test func `an attribute may be empty`() {
        #expect(PublishCommand.refusal(of: ["orders", "x", "--attribute", "region="]) == nil)
    }

    @Test(arguments: ["b=  x  ", "b= x", "b=x ", "b= "])
    func `an attribute that would not arrive as it is is refused`(attribute: String) {
        let text = "--attribute is \"\(attribute)\"; a value has no spaces at its ends, where HTTP takes them away"
        #expect(PublishCommand.refusal(of: ["orders", "x", "--attribute", attribute]) == text)
        #expect(PublishCommand.refusal(of: ["orders", "x", "--attribute", "b=x y = z"]) == nil)
    }

    @Test func `an attribute of an event leads to how events are published`() {
        let refusal = PublishCommand.refusal(of: ["orders", "x", "--attribute", "ce-id=5"])
        #expect(refusal?.hasPrefix(#"--attribute is "ce-id=5"; names that begin with ce- are of events"#) == true)
        #expect(refusal?.contains("--content-type application/cloudevents+json") == true)
    }

    @Test func `a header of a flag's own is refused with the flag`() {
        let text = #"--header is "content-type: text/x"; --content-type gives the type of the payload"#
        #expect(PublishCommand.refusal(of: ["orders", "x", "--header", "content-type: text/x"]) == text)
        #expect(PublishCommand.refusal(of: ["orders", "--lines", "--header", "content-type: text/x"]) == text)
    }

    @Test(arguments: ["Idempotency-Key: k", "CE-id: 1"])
    func `a header that is of one message does not go with lines`(field: String) {
        #expect(PublishCommand.refusal(of: ["orders", "--lines", "--header", field])?.contains(field) == true)
        #expect(PublishCommand.refusal(of: ["orders", "x", "--header", field]) == nil)
    }

    @Test(arguments: [("--ttl", "0", "1ms to 24h"), ("--ttl", "48h", "1ms to 24h"), ("--spacing", "2m", "1ms to 1m")])
    func `a time that the gateway would refuse is refused with its bounds`(flag: String, time: String, bounds: String) {
        let refusal = PublishCommand.refusal(of: ["orders", "x", flag, time])
        #expect(refusal?.hasSuffix("expected \(bounds)") == true, "\(refusal ?? "it is taken")")
    }

    @Test func `a count that the gateway would refuse is refused with its bounds`() {
        #expect(PublishCommand.refusal(of: ["o", "x", "--require=-1"]) == "--require is -1; expected 0 to 1000000")
        #expect(PublishCommand.refusal(of: ["o", "x", "--copies=-1"]) == "--copies is -1; expected 1 to 16")
        #expect(PublishCommand.refusal(of: ["o", "x", "--require", "0"]) == nil)
    }

    @Test func `the help shows how long an answer is waited for`() {
        #expect(PublishCommand.helpText.contains("How long to wait for an answer. (default: 10s)"))
        #expect(StatusCommand.helpText.contains("How long to wait for an answer. (default: 5s)"))
    }

    @Test func `the help shows how an age is written`() {
        #expect(PublishCommand.helpText.contains("How old the list of subscribers may be, like 5s, whole seconds;"))
    }
}

extension ParsableCommand {
    /// Why `arguments` are not taken; nil if they are.
    static func refusal(of arguments: [String]) -> String? {
        do {
            _ = try parse(arguments)
            return nil
        } catch {
            return message(for: error)
        }
    }

    /// The help with its line breaks taken out.
    static var helpText: String {
        helpMessage(columns: 10_000).split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }
}
