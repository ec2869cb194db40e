import Clocks

/// A client's connection: its descriptor, by when something must have happened on it, and what happened last.
final class Connection {
    let descriptor: Int32

    /// When its client has been too slow; nil while the client waits for us.
    var deadline: Instant?

    /// When a request began, went on or ended; all that libmicrohttpd has read may be served a little later.
    var lastActivity: Instant

    /// When the kernel was first found to have the client's end; nil while more may come.
    var ended: Instant?

    /// The request in progress; kept alive by libmicrohttpd's per-request pointer.
    unowned(unsafe) var exchange: Exchange?

    /// Where the table keeps it.
    fileprivate(set) var index = 0

    init(descriptor: Int32, deadline: Instant, at now: Instant) {
        self.descriptor = descriptor
        self.deadline = deadline
        lastActivity = now
    }

    /// Whether only its client can take it further: no request is under way, or one that has not arrived in full.
    var waitsForClient: Bool {
        switch exchange?.stage {
        case nil, .head, .receiving, .dropping: true
        case .deciding, .waiting, .answered, .gone: false
        }
    }
}

/// All open connections, and when to look them over again.
///
/// A deadline costs one store; the look walks over all connections, but only once per second.
struct ConnectionTable {
    private(set) var connections: [Connection] = []

    private var nextLook = Instant(nanoseconds: .max)

    /// When ``isDue(at:)`` will be true; nil without connections.
    var nextDeadline: Instant? { connections.isEmpty ? nil : nextLook }

    mutating func insert(_ connection: Connection, at now: Instant) {
        if connections.isEmpty { nextLook = now + .seconds(1) }
        connection.index = connections.count
        connections.append(connection)
    }

    mutating func remove(_ connection: Connection) {
        let last = connections.removeLast()
        guard last !== connection else { return }
        connections[connection.index] = last
        last.index = connection.index
    }

    /// Whether it is time to look; true once per second.
    mutating func isDue(at now: Instant) -> Bool {
        guard now >= nextLook, !connections.isEmpty else { return false }
        nextLook = now + .seconds(1)
        return true
    }

    /// Calls `close` for every connection whose deadline has passed, and again every second until it is removed.
    func closeOverdue(at now: Instant, _ close: (Connection) -> Void) {
        for connection in connections {
            guard let deadline = connection.deadline, deadline <= now else { continue }
            close(connection)
            connection.deadline = now + .seconds(1)
        }
    }
}
