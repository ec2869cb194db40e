import ArgumentParser
import Testing

@testable import headcast_benchmark

struct BenchmarkCommandTests {
    @Test(
        arguments: [
            (["--seconds", "0"], "--seconds is 0.0; expected 0.01 to 60"),
            (["--rounds", "0"], "--rounds is 0; expected 1 to 100"),
            (["--burst-bytes", "0"], "--burst-bytes is 0; expected 1 to 1073741824"),
        ])
    func `a value out of range is refused with its range`(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try BenchmarkCommand.parse(arguments) }
        #expect(error.map { BenchmarkCommand.message(for: $0) } == message)
    }

    @Test func `every suite is named in the help`() {
        let help = BenchmarkCommand.helpMessage()
        for suite in Suite.allCases { #expect(help.contains("\n  \(suite.rawValue) ")) }
    }
}
