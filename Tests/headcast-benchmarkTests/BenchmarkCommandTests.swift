import ArgumentParser
import Testing

@testable import headcast_benchmark

struct BenchmarkCommandTests {
    @Test(
        arguments: [
            (["--seconds", "0"], "--seconds is 0.0; expected 0.01 to 60"),
            (["--rounds", "0"], "--rounds is 0; expected 1 to 100"),
            (["--burst-bytes", "0"], "--burst-bytes is 0; expected 1 to 1073741824"),
            (["--responses", "0"], "--responses is 0; expected 1 to 1000000000"),
            (["--folder", "tmp"], "--folder is tmp; expected an absolute path"),
        ])
    func `a value out of range is refused with its range`(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try BenchmarkCommand.parse(arguments) }
        #expect(error.map { BenchmarkCommand.message(for: $0) } == message)
    }

    @Test(arguments: ["sqlite:///tmp/records.db", "mysql://user:secret@host/records", ""])
    func `a store that is no server of PostgreSQL is refused and not repeated`(store: String) throws {
        let error = try #require(throws: (any Error).self) { try BenchmarkCommand.parse(["--store", store]) }
        let message = BenchmarkCommand.message(for: error)
        #expect(message.contains("--store is no postgres://USER@HOST/DATABASE; --folder says where files are made"))
        #expect(!message.contains("secret"))
    }

    @Test func `every suite is named in the help`() {
        let help = BenchmarkCommand.helpMessage()
        for suite in Suite.allCases { #expect(help.contains("\n  \(suite.rawValue) ")) }
    }
}
