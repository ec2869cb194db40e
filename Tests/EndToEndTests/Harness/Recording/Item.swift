import Foundation

/// An object of a ledger, an export or a page, with the members that any of them has.
struct Item: Decodable, Sendable {
    let kind: String?
    let messageId: String?
    let key: String
    let responder: String
    let payload: String?
    let payloadBase64: String?
    let contentType: String?
    let status: Int?
    let answers: Int?
    let storedAt: String?
    /// In a ledger, what the answer said with 409.
    let firstResponder: String?

    /// What a record is about.
    struct State: Hashable, Sendable {
        let message: String
        let key: String
    }

    /// What is said about it.
    struct Answer: Hashable, Sendable {
        let payload: Data
        let contentType: String?
    }

    /// Who says what.
    struct Statement: Hashable, Sendable {
        let state: State
        let responder: String
        let answer: Answer
    }

    var state: State { State(message: messageId ?? "", key: key) }

    var answer: Answer {
        let decoded = payloadBase64.map { Data(base64Encoded: $0) ?? Data("no base64".utf8) }
        return Answer(payload: decoded ?? Data((payload ?? "").utf8), contentType: contentType)
    }

    var statement: Statement { Statement(state: state, responder: responder, answer: answer) }

    /// A page of a list.
    struct Page: Decodable, Sendable {
        let items: [Item]
        let next: String?
    }

    /// Reads documents, each on a line of its own.
    static func read<Document: Decodable>(_ text: some StringProtocol) throws -> [Document] {
        let array = "[" + text.split(separator: "\n").joined(separator: ",") + "]"
        return try JSONDecoder().decode([Document].self, from: Data(array.utf8))
    }
}
