import Dispatch
import HTTPForTests
import Headcast
import Synchronization

/// A server that is asked as a recorder is, and answers what the test says.
final class FakeRecorder: Sendable {
    /// What to say to a batch; `attempt` counts requests from 0, without the one that is kept waiting.
    typealias Script = @Sendable (_ lines: [String], _ attempt: Int) -> Said

    enum Said {
        /// A result for each entry.
        case results([Int])
        case status(Int, fields: String = "", body: String = "")
        /// The connection ends without an answer.
        case nothing
        /// The same, once nobody waits for one any more.
        case late
    }

    let server: ScriptedServer
    private let batches: Batches
    private let door: DispatchSemaphore?

    /// - Parameter keepsWaiting: whether the first request waits for ``release()``, and then is answered 201.
    init(
        keepsWaiting: Bool = false, _ script: @escaping Script = { lines, _ in .results(lines.map { _ in 201 }) }
    ) throws {
        let batches = Batches()
        let door = keepsWaiting ? DispatchSemaphore(value: 0) : nil
        self.door = door
        server = try ScriptedServer { body, _ in
            let lines = body.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            let attempt = batches.add(lines)
            guard let door else { return Self.text(of: script(lines, attempt)) }
            guard attempt == 0 else { return Self.text(of: script(lines, attempt - 1)) }
            door.wait()
            return Self.text(of: .results([201]))
        }
        self.batches = batches
    }

    deinit {
        release()
    }

    /// Lets the first request be answered.
    func release() {
        door?.signal()
    }

    /// The entries of every request so far.
    var requests: [[String]] { batches.all }

    var url: String { server.url }

    /// Has responses 0 and so on leave in as few requests as may be: they gather behind one of id `m-1`.
    func gather(_ count: Int, payload: String = "7", from responder: Responder) async throws {
        try await responder.respond(.init(-1))
        while requests.isEmpty { await Task.yield() }
        for number in 0..<count { try await responder.respond(.init(number, payload)) }
        release()
    }

    private static func text(of said: Said) -> String? {
        switch said {
        case .nothing: return nil
        case .late:
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + 2)
            return nil
        case .results(let statuses):
            let results = statuses.map { status in
                status < 400 ? #"{"status":\#(status)}"# : #"{"status":\#(status),"error":\#(error(status))}"#
            }
            return text(200, "", #"{"results":[\#(results.joined(separator: ","))]}"# + "\n")
        case .status(let status, let fields, let body): return text(status, fields, body)
        }
    }

    private static func text(_ status: Int, _ fields: String, _ body: String) -> String {
        "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// What is said against an entry with that status.
    static func error(_ status: Int) -> String { #"{"code":"code_\#(status)","message":"about \#(status)"}"# }

    private final class Batches: Sendable {
        private let batches = Mutex<[[String]]>([])

        var all: [[String]] { batches.withLock(\.self) }

        func add(_ batch: [String]) -> Int {
            batches.withLock { batches in
                batches.append(batch)
                return batches.count - 1
            }
        }
    }
}
