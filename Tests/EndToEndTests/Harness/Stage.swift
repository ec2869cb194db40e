import Foundation
import Synchronization
import Testing

/// What one test has set up: a directory, and everything to be ended and removed after it, in reverse order.
final class Stage: Sendable {
    @TaskLocal static var present: Stage?

    let directory: String
    private let clearings = Mutex<[@Sendable () -> Void]>([])
    private let programs = Mutex<[Program]>([])

    static var current: Stage {
        get throws { try #require(present, "the test lacks the trait .onStage") }
    }

    init() throws {
        directory = NSTemporaryDirectory() + "headcast-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        Leash.hold(directory, "rm -rf '\(directory)'")
    }

    /// Starts a program that ends with the stage.
    func start(
        _ command: [String],
        environment: [String: String] = [:],
        name: String
    ) throws -> Program {
        let number = programs.withLock { $0.count + 1 }
        let unique = "\(number)-\(name)"
        let program = try Program(command, environment: environment, directory: directory, name: unique)
        programs.withLock { $0.append(program) }
        return program
    }

    /// A path for a file of the test's own.
    func path(_ name: String) -> String { "\(directory)/\(name)" }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Adds something to be undone at the end.
    func atTheEnd(_ clearing: @escaping @Sendable () -> Void) {
        clearings.withLock { $0.append(clearing) }
    }

    /// Ends and removes everything; a program that ended by itself, as a crash does, is an issue of the test.
    func clear() {
        for program in programs.withLock({ $0 }).reversed() {
            if program.ending != nil, !program.mayEnd {
                Issue.record("a program ended by itself: \(program.account)")
            }
            program.kill()
        }
        for clearing in clearings.withLock({ $0 }).reversed() { clearing() }
        guard ProcessInfo.processInfo.environment["HEADCAST_KEEP_STAGES"] == nil else {
            return Leash.release(directory)
        }
        try? FileManager.default.removeItem(atPath: directory)
        Leash.release(directory)
    }
}
