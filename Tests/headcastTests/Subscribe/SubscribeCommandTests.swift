import ArgumentParser
import Testing

@testable import headcast

struct SubscribeCommandTests {
    private func refusal(_ arguments: String...) -> String? {
        SubscribeCommand.refusal(of: ["--listen", "127.0.0.1:0"] + arguments)
    }

    @Test func `order and commands at the same time exclude each other`() {
        let text = "--parallel 4 would run commands out of order; with --ordered one runs at a time"
        #expect(refusal("--ordered", "--exec", "cat", "--parallel", "4") == text)
        #expect(refusal("--ordered", "--exec", "cat", "--parallel", "1") == nil)
        #expect(refusal("--exec", "cat", "--parallel", "4") == nil)
    }

    @Test func `what concerns answers goes with a recorder that can be asked`() {
        #expect(refusal("--key", "k") == "--key goes with --respond")
        #expect(refusal("--responder", "r") == "--responder goes with --respond")
        #expect(refusal("--respond", "http://h", "--key", "") == "--key has 0 bytes; expected 1 to 256")
        let long = String(repeating: "x", count: 257)
        #expect(refusal("--respond", "http://h", "--responder", long)?.hasPrefix("--responder has 257 bytes") == true)
        let path = refusal("--respond", "http://h/responses")
        #expect(path?.hasPrefix(#"--respond: "http://h/responses" is no URL of a recorder"#) == true)
        #expect(refusal("--respond", "8090")?.hasSuffix("did you mean http://127.0.0.1:8090?") == true)
        #expect(refusal("--respond", "https://h/a/", "--key", "k", "--responder", "r") == nil)
    }

    @Test func `a recorder is named as a gateway is`() throws {
        let command = try SubscribeCommand.parse(["--listen", "127.0.0.1:0", "--respond", "127.0.0.1:8199"])
        #expect(command.respond == "http://127.0.0.1:8199")
    }

    @Test func `an address that is none is answered with one of a subscriber`() {
        let refusal = SubscribeCommand.refusal(of: ["--listen", "foo"])
        #expect(refusal?.hasSuffix("expected ADDRESS:PORT like 127.0.0.1:12000, 0.0.0.0:12000 or [::]:12000") == true)
    }

    @Test(arguments: [
        "(default: 50ms)", "more than one at a time end in any order", "Enveloped topics:",
        "--output json tells of them on standard output",
    ])
    func `the help says what holds`(text: String) {
        #expect(SubscribeCommand.helpText.contains(text), "\(SubscribeCommand.helpText)")
    }
}
