import Foundation
import Testing

/// A running `headcast recorder`.
struct Recorder: Sendable {
    let program: Program
    /// Where it listens, such as `127.0.0.1:41234`.
    let endpoint: String

    /// Starts one on a port of loopback, any free one unless it is said, and waits until its store is open.
    ///
    /// `store` nil leaves the flag out.
    static func start(
        store: String?, port: UInt16 = 0, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Recorder {
        let listen = ["--listen", "127.0.0.1:\(port)"]
        let program = try launch(
            listen + (store.map { ["--store", $0] } ?? []) + arguments, environment: environment)
        return try await ready(program)
    }

    /// Waits until the store of a recorder that was launched is open.
    static func ready(_ program: Program) async throws -> Recorder {
        let endpoint = try await eventually("the recorder is ready", or: { program.account }) { () -> String? in
            guard program.ending == nil else { throw NeverHappened(what: "it stayed up", account: program.account) }
            guard program.errors.contains("ready") else { return nil }
            return program.errors.firstMatch(of: #/127\.0\.0\.1:\d+/#).map { String($0.0) }
        }
        return Recorder(program: program, endpoint: endpoint)
    }

    /// Starts the program without waiting for anything.
    static func launch(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let command = [try #require(Tool.headcast, "headcast is not built"), "recorder"] + arguments
        return try Stage.current.start(command, environment: environment, name: "recorder")
    }

    /// One request on a connection of its own.
    func request(_ method: String, _ path: String, body: String? = nil) async throws -> HTTPResponse {
        let connection = try HTTPConnection(to: endpoint)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(endpoint)\r\n"
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        try await connection.send(Array((head + "\r\n" + (body ?? "")).utf8))
        return try await connection.response(isHead: method == "HEAD")
    }

    /// What the recorder says to one response; the labels need no escapes.
    func respond(_ message: String, _ key: String, _ responder: String, _ payload: String) async throws -> HTTPResponse
    {
        let body = #"{"messageId":"\#(message)","key":"\#(key)","responder":"\#(responder)","payload":"\#(payload)"}"#
        return try await request("POST", "/responses", body: body)
    }

    /// What the recorder says to a response of a ledger; its labels need no escapes either.
    func respond(_ statement: Item.Statement) async throws -> HTTPResponse {
        let (state, answer) = (statement.state, statement.answer)
        let body = #"""
            {"messageId":"\#(state.message)","key":"\#(state.key)","responder":"\#(statement.responder)",\#
            "contentType":\#(answer.contentType.map { #""\#($0)""# } ?? "null"),\#
            "payloadBase64":"\#(answer.payload.base64EncodedString())"}
            """#
        return try await request("POST", "/responses", body: body)
    }

    func get(_ path: String) async throws -> HTTPResponse { try await request("GET", path) }
}
