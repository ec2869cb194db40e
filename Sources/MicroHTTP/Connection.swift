import Clocks

/// A client's connection: its descriptor, and by when something must have happened on it.
final class Connection {
    let descriptor: Int32

    /// When its client has been too slow; nil while the client waits for us.
    var deadline: Instant?

    /// The request in progress; kept alive by libmicrohttpd's per-request pointer.
    unowned(unsafe) var exchange: Exchange?

    /// Where the table keeps it.
    fileprivate(set) var index = 0

    init(descriptor: Int32, deadline: Instant) {
        self.descriptor = descriptor
        self.deadline = deadline
    }
}

/// All open connections, and when to look for slow ones again.
///
/// A deadline costs one store; the search walks over all connections, but at most once per second.
struct ConnectionTable {
    private(set) var connections: [Connection] = []

    /// No deadline is shorter than this when it is set.
    private let shortestTimeout: Duration
    private var nextScan = Instant(nanoseconds: .max)

    init(shortestTimeout: Duration) {
        self.shortestTimeout = shortestTimeout
    }

    /// When ``closeOverdue(at:)`` has something to do at the earliest; nil without connections.
    var nextDeadline: Instant? { connections.isEmpty ? nil : nextScan }

    mutating func insert(_ connection: Connection, at now: Instant) {
        if connections.isEmpty { nextScan = now + shortestTimeout }
        connection.index = connections.count
        connections.append(connection)
    }

    mutating func remove(_ connection: Connection) {
        let last = connections.removeLast()
        guard last !== connection else { return }
        connections[connection.index] = last
        last.index = connection.index
    }

    /// Calls `close` for every connection whose deadline has passed, and again every second until it is removed.
    mutating func closeOverdue(at now: Instant, _ close: (Connection) -> Void) {
        guard now >= nextScan else { return }
        // What begins after this walk cannot be due before the shortest timeout has passed.
        var earliest = now + shortestTimeout
        for connection in connections {
            guard let deadline = connection.deadline else { continue }
            if deadline <= now {
                close(connection)
                connection.deadline = now + .seconds(1)
            }
            earliest = min(earliest, connection.deadline ?? earliest)
        }
        nextScan = max(earliest, now + .seconds(1))
    }
}
