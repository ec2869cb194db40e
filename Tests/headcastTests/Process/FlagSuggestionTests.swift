import Testing

@testable import headcast

struct FlagSuggestionTests {
    private func told(_ flag: String) -> String {
        PublishCommand.refusal(of: ["orders", "x", flag, "1"]).map(FlagSuggestion.plausible) ?? ""
    }

    @Test func `a flag that is near is suggested`() {
        #expect(told("--copis") == "Unknown option '--copis'; did you mean --copies?")
        #expect(told("--reqire") == "Unknown option '--reqire'; did you mean --require?")
    }

    @Test func `one that only has some letters in common is not`() {
        #expect(told("--topic") == "Unknown option '--topic'")
        #expect(told("--entirely") == "Unknown option '--entirely'")
    }

    @Test func `other texts stay what they are`() {
        #expect(FlagSuggestion.plausible("--copies is 17; expected 1 to 16") == "--copies is 17; expected 1 to 16")
    }
}
