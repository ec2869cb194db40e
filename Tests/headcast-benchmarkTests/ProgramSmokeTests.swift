import Foundation
import Testing

/// Runs the program with the program that it measures, for facts, never for figures.
@Suite(.serialized)
struct ProgramSmokeTests {
    @Test(arguments: [
        ("http", ["http-answers", "http-publishes", "http-batches"]), ("latency", ["latency", "latency-bare"]),
        ("scale", ["scale", "memory"]), ("recorder", ["recorder", "recorder-batches", "recorder-memory"]),
    ])
    func `a suite with the program as a process reports every table`(suite: String, sections: [String]) throws {
        let report = try Self.report("--only", suite, "--responses", "1000")
        #expect(report.sections.map(\.name) == sections)
        for section in report.sections {
            #expect(!section.rows.isEmpty)
            for row in section.rows {
                for member in ["ours", "serverMicroseconds", "loadMicroseconds", "yardstickMicroseconds", "median"] {
                    if let value = row[member] { #expect(try #require(value.number) > 0, "\(member)") }
                }
            }
        }
    }

    @Test func `one subscriber in Swift and one in Python take every message as it was sent`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let python = root.appendingPathComponent("deploy/examples/python-subscriber/subscriber.py").path
        let report = try Self.report("--only", "receive", "--python-subscriber", python)
        let rows = try #require(report.sections.first?.rows)
        #expect(rows.map { $0["bytes"]?.number } == [200, 200, 65_536, 65_536])
        for row in rows {
            #expect(try #require(row["ours"]?.number) > 0)
            #expect(row["lostPercent"]?.number == 0 && row["damaged"]?.number == 0)
        }
    }

    @Test func `a recorder stores each record once, and nothing of it is left behind`() throws {
        let folder = URL(fileURLWithPath: "/tmp/headcast-benchmark-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try Self.report("--only", "recorder", "--responses", "1", "--folder", folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        let rows = report.sections[0].rows
        #expect(rows.map { $0["responders"]?.number } == [1, 1, 50, 50])
        #expect(rows.map { $0["newPercent"]?.number == 100 } == [true, true, false, false])
        for row in rows + report.sections[1].rows {
            for member in ["group", "residentBytes"] { #expect(try #require(row[member]?.number) >= 1) }
        }
        for row in report.sections[1].rows { #expect(try #require(row["ofGoal"]?.number) > 0) }
        let memory = try #require(report.sections[2].rows.first)
        #expect(try #require(memory["responses"]?.number) >= 1)
        #expect(try #require(memory["peak"]?.number) >= #require(memory["start"]?.number))
    }

    @Test func `a program that is not there is told of before anything is measured`() throws {
        let (status, _, errors) = try Self.run(["--only", "recorder", "--program", "/nowhere/headcast"])
        #expect(status == 1)
        #expect(
            errors == """
                headcast-benchmark: there is no /nowhere/headcast to measure
                headcast-benchmark: swift build -c release builds it and this program

                """)
    }

    @Test func `a folder that is not there is told of`() throws {
        let (status, _, errors) = try Self.run(["--only", "recorder", "--folder", "/nowhere"])
        #expect(status == 1)
        #expect(errors.contains("cannot make a folder in /nowhere: no such file or directory (ENOENT)"))
    }

    // MARK: Running

    private struct Report: Decodable {
        struct Section: Decodable {
            var name: String
            var rows: [[String: Value]]
        }
        var sections: [Section]
    }

    private enum Value: Decodable {
        case number(Double)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .number(.nan)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        var number: Double? { if case .number(let number) = self, !number.isNaN { number } else { nil } }
    }

    /// What a run of the least length tells.
    private static func report(_ arguments: String...) throws -> Report {
        let least = ["--quick", "--seconds", "0.01", "--rounds", "1", "--output", "json"]
        let (status, output, errors) = try run(arguments + least)
        #expect(status == 0, "\(errors)")
        return try JSONDecoder().decode(Report.self, from: output)
    }

    /// Runs the benchmark that was built beside these tests.
    private static func run(_ arguments: [String]) throws -> (status: Int32, output: Data, errors: String) {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appendingPathComponent("headcast-benchmark")
        process.arguments = arguments
        // To files, which are never full.
        let folder = try FileManager.default.url(
            for: .itemReplacementDirectory, in: .userDomainMask, appropriateFor: URL(fileURLWithPath: "/tmp"),
            create: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["output", "errors"].map { folder.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        let contents = try files.map { try Data(contentsOf: $0) }
        return (process.terminationStatus, contents[0], String(decoding: contents[1], as: UTF8.self))
    }
}
