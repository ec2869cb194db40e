/// A condition that did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let account: String

    var description: String { "in time it never happened that \(what)\n\(account)" }
}

/// Polls until `condition` gives a value.
///
/// Throws what happened instead, with the account in `or`, once `limit` has passed.
func eventually<Value: Sendable>(
    _ what: String,
    within limit: Duration = .seconds(10),
    or account: () async -> String = { "" },
    _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what, account: await account()) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Polls until `condition` holds.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(10),
    or account: () async -> String = { "" },
    _ condition: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit, or: account) { () -> Void? in try await condition() ? () : nil }
}
