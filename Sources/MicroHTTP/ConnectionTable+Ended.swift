import Clocks
import Glibc

/// poll(2)'s word for a client that has closed its sending side, which Glibc hides behind _GNU_SOURCE.
private let clientEnded: Int16 = 0x2000

extension ConnectionTable {
    /// Calls `close` for every connection on which nothing is left to do, since its client has ended it.
    ///
    /// libmicrohttpd takes a short read for the last one; where the end came with the last bytes, its edge-triggered
    /// epoll never mentions it again. So the kernel is asked, about all connections with one poll(2), which does not
    /// wait. A client that has only finished sending gets its answer first, and what libmicrohttpd still has in memory
    /// gets a second in which to be served: an end is acted upon when it is seen again and nothing has happened since.
    func closeEnded(at now: Instant, _ close: (Connection) -> Void) {
        var entries = connections.map { connection in
            // A negative descriptor is passed over.
            pollfd(fd: connection.waitsForClient ? connection.descriptor : -1, events: clientEnded, revents: 0)
        }
        guard poll(&entries, nfds_t(entries.count), 0) > 0 else { return }
        for (connection, entry) in zip(connections, entries) where entry.revents != 0 {
            guard let ended = connection.ended else {
                connection.ended = now
                continue
            }
            let quietSince = max(ended, connection.lastActivity)
            if quietSince + .seconds(1) <= now, isReadToItsEnd(connection.descriptor) { close(connection) }
        }
    }
}

/// Whether no byte is left to be read and none will come.
private func isReadToItsEnd(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN)
}
