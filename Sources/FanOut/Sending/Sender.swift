import Datagrams
import Endpoints

/// The sockets that datagrams leave by, shared by all topics.
///
/// A datagram for a neighbour that does not answer waits in the kernel and is charged to its socket's send buffer. So
/// addresses that stood the test of time share one socket, and the others are spread over lanes of their own, new
/// ones apart from those known to be unreachable: a dead address can fill no buffer but its own kind's. Every
/// socket keeps its source port, so that connection tracking sees few flows. Loop thread only.
package final class Sender {
    /// Sockets for addresses not yet proven, and for those found unreachable.
    static let freshSockets = 12
    static let unreachableSockets = 4

    package let sockets: [SendSocket]

    /// Whether runs may be handed to the kernel whole; false where it has no UDP_SEGMENT.
    package let takesRuns: Bool

    /// Whether datagrams beyond the path's MTU are cut into fragments.
    package let fragments: Bool

    /// Holds what is sent and is in no log.
    private var scratch: ByteRing

    /// System calls that sent something or tried to.
    private(set) var sendCalls: UInt64 = 0

    /// What the error queues told since ``takeReports()`` was last called.
    private var reports: [SocketReport] = []

    /// - Parameters:
    ///   - source: the address and port of the proven socket; the others take free ports of the same address.
    ///   - takesRuns: found out on loopback unless given.
    package init(
        source: Endpoint? = nil, fragments: Bool = false, takesRuns: Bool? = nil
    ) throws(DatagramError) {
        var sockets = [SendSocket(try UDPSocket(source: source, fragments: fragments))]
        let others = source.map { Endpoint(address: $0.address, port: 0) }
        for _ in 0..<(Self.freshSockets + Self.unreachableSockets) {
            sockets.append(SendSocket(try UDPSocket(source: others, fragments: fragments)))
        }
        self.sockets = sockets
        scratch = try ByteRing(capacity: 1)
        self.fragments = fragments
        self.takesRuns = takesRuns ?? SegmentationProbe.run()
    }

    /// Of the proven socket.
    package var source: Endpoint? { sockets[0].socket.endpoint }

    var family: Int32 { sockets[0].socket.family }

    func socketIndex(of lane: Lane) -> Int {
        switch lane {
        case .proven: 0
        case .fresh(let slot): 1 + slot % Self.freshSockets
        case .unreachable(let slot): 1 + Self.freshSockets + slot % Self.unreachableSockets
        }
    }

    /// Sends `run` to `entries` of `group`, at most ``SendBatch/maximumEntries``, in one system call.
    func send(_ run: Run, of ring: borrowing ByteRing, to entries: Range<Int>, of group: SendGroup) -> SendResult {
        sendCalls += 1
        return group.batch.send(
            ring, at: run.position, byteCount: run.byteCount, segment: run.count > 1 ? UInt16(run.segment) : nil,
            to: entries, on: sockets[group.socket].socket)
    }

    /// Sends a datagram that is in no log, at most a page, to `entries` of `group`, at most ``SendBatch/maximumEntries``
    /// of them, in one system call.
    ///
    /// Returns how many entries, from the first, the kernel took. An error belongs to an earlier datagram or to the first
    /// entry; its report is left to ``takeReports()``.
    func send(_ bytes: [UInt8], to entries: Range<Int>, of group: SendGroup) -> Int {
        scratch.write(bytes.span.bytes, at: 0)
        let limited = entries.prefix(SendBatch.maximumEntries)
        // A pending ICMP error fails one call, whoever that is for.
        for _ in 0..<2 {
            sendCalls += 1
            let result = group.batch.send(
                scratch, at: 0, byteCount: bytes.count, segment: nil, to: limited, on: sockets[group.socket].socket)
            if case .sent(let count) = result { return count }
            guard drain(group.socket) > 0 else { break }
        }
        return 0
    }

    /// Empties socket `index`'s error queue into the reports and tells how many there were.
    @discardableResult
    package func drain(_ index: Int) -> Int {
        var count = 0
        // The queue is bounded by the socket's receive buffer; the limit only keeps one call short.
        while count < 1_024, let report = sockets[index].socket.nextReport() {
            reports.append(report)
            count += 1
        }
        return count
    }

    package func takeReports() -> [SocketReport] {
        guard !reports.isEmpty else { return [] }
        defer { reports.removeAll(keepingCapacity: true) }
        return reports
    }

    /// Reads and drops what anybody sent to socket `index`: nothing is expected there. Returns how many.
    @discardableResult
    package func discardArrivals(_ index: Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { buffer in
            var count = 0
            while count < 256, sockets[index].socket.receive(into: buffer) != nil { count += 1 }
            return count
        }
    }
}

/// One socket of a ``Sender``.
package final class SendSocket {
    package let socket: UDPSocket

    init(_ socket: consuming UDPSocket) {
        self.socket = socket
    }

    package var descriptor: Int32 { socket.descriptor }
}
