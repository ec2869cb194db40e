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
        #expect(refusal("--respond", "h:8090")?.hasPrefix(#"--respond: "h:8090" is no URL of a recorder"#) == true)
        #expect(refusal("--respond", "https://h/a/", "--key", "k", "--responder", "r") == nil)
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
