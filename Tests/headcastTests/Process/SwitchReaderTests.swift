import Service
import Testing

@testable import headcast

struct SwitchReaderTests {
    private func read(_ arguments: String...) -> SwitchReader {
        SwitchReader(arguments, known: ["--no-probe"], settings: ["--topic", "--listen", "--name", "--config"])
    }

    @Test func `a switch is taken out, and the settings are left in order`() {
        let reader = read("--listen", "127.0.0.1:0", "--no-probe", "--topic=a=b")
        #expect(reader.given == ["--no-probe"])
        #expect(reader.rest == ["--listen", "127.0.0.1:0", "--topic=a=b"])
        #expect(reader.faults.isEmpty)
    }

    @Test func `a mistyped switch is told with the one that was meant`() {
        let reader = read("--noprobe", "--topic", "a=b")
        #expect(reader.faults.map(\.description) == ["--noprobe is unknown; did you mean --no-probe?"])
        #expect(reader.rest == ["--topic", "a=b"])
    }

    @Test func `a switch takes no value`() {
        #expect(read("--no-probe=yes").faults.map(\.description) == ["--no-probe takes no value"])
    }

    @Test(arguments: ["--topics", "--lisen", "--frobnicate", "--name", "x"])
    func `what is nearer to a setting, or near to nothing, is left to the settings`(argument: String) {
        let reader = read(argument)
        #expect(reader.faults.isEmpty && reader.given.isEmpty)
        #expect(reader.rest == [argument])
    }
}
