import Testing

@testable import headcast

struct CommandNameTests {
    @Test(arguments: [
        ("publsh", #"unknown command "publsh"; did you mean publish?"#),
        ("gatway", #"unknown command "gatway"; did you mean gateway?"#),
        ("frobnicate", #"unknown command "frobnicate""#),
        ("", #"unknown command """#),
    ])
    func `a name that no command has is told with the nearest`(name: String, fault: String) {
        #expect(CommandName.fault(in: ["headcast", name, "orders"]) == fault)
    }

    @Test func `a name that help is asked on is told with the nearest, too`() {
        let fault = CommandName.fault(in: ["headcast", "help", "publishh"])
        #expect(fault == #"unknown command "publishh"; did you mean publish?"#)
    }

    @Test(arguments: [
        [], ["publish"], ["help"], ["help", "publish"], ["help", "--version"], ["--help"], ["status", "publsh"],
    ])
    func `commands, help and flags are no fault`(arguments: [String]) {
        #expect(CommandName.fault(in: ["headcast"] + arguments) == nil)
    }

    @Test func `the help is that of the command`() {
        #expect(CommandName.help(on: ["headcast", "publish", "--nonsense"]) == "headcast publish --help")
        #expect(CommandName.help(on: ["headcast", "publsh"]) == "headcast --help")
        #expect(CommandName.help(on: ["headcast"]) == "headcast --help")
    }
}
