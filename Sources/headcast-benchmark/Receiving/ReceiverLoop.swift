import Clocks
import Datagrams
import Endpoints
import EventLoop
import Synchronization

/// Some of the subscribers of a benchmark, or all, on one thread: receives, checks and counts.
final class ReceiverLoop {
    private let plan: ReceiverPlan
    private let share: Range<Int>
    private let tally: ReceiverTally
    private let sockets: [ReceiverSocket]
    private var epoll: Epoll
    private var batch = ReceiveBatch(capacity: 32)
    private var arrivals: ArrivalTable
    /// What the tally knows of this thread.
    private var countedTime = 0

    /// How often in a row one socket is read before the others get their turn.
    private static let turns = 4

    /// - Parameter share: which of the subscribers.
    init(_ plan: ReceiverPlan, _ share: Range<Int>, _ tally: ReceiverTally) throws {
        self.share = share
        self.plan = plan
        self.tally = tally
        arrivals = ArrivalTable(subscribers: plan.count)
        epoll = try Epoll(capacity: 256)
        switch plan.layout {
        case .socketEach:
            sockets = try share.map { index in
                try ReceiverSocket(at: Endpoint(address: ReceiverPlan.address(index), port: 0), plan)
            }
        case .socketShared:
            sockets = [try ReceiverSocket(at: Endpoint(address: .anyIPv4, port: 0), plan)]
        }
        for (index, socket) in sockets.enumerated() {
            try epoll.add(socket.socket.descriptor, .readable, token: UInt64(index))
        }
    }

    /// Where each subscriber receives.
    var endpoints: [Endpoint] {
        switch plan.layout {
        case .socketEach: sockets.map { $0.socket.endpoint }
        case .socketShared:
            share.map {
                Endpoint(address: ReceiverPlan.address($0), port: sockets[0].socket.endpoint.port)
            }
        }
    }

    /// What SO_RCVBUF granted each socket, in bytes of kernel memory.
    var grantedBytes: Int { sockets.first?.socket.receiveBufferBytes ?? 0 }

    /// Receives until `stop` can be read.
    func run(until stop: Int32) throws {
        let stopToken = UInt64.max
        try epoll.add(stop, .readable, token: stopToken)
        while true {
            let ready = epoll.wait(until: nil, at: .now)
            for index in 0..<ready {
                let token = epoll.ready(index).token
                guard token != stopToken else { return }
                receive(sockets[Int(token)])
            }
            let time = ProcessorTime.ofThread
            tally.processorTime.add(time - countedTime, ordering: .releasing)
            countedTime = time
            if plan.timesArrivals { tally.add(arrivals.takeSamples()) }
        }
    }

    private func receive(_ socket: ReceiverSocket) {
        for _ in 0..<Self.turns {
            guard case .received(let count) = batch.receive(on: socket.socket), count > 0 else { return }
            let now = Moment.now
            var intact = 0
            var damaged = 0
            for index in 0..<count {
                batch.forEachDatagram(of: index) { datagram, sender in
                    socket.read(datagram, from: sender, at: now) { payload in
                        if plan.content == .any || plan.payload.isIntact(payload) { intact += 1 } else { damaged += 1 }
                        note(payload, at: now.instant)
                    }
                }
            }
            tally.deliveries.add(intact, ordering: .releasing)
            if damaged > 0 { tally.damaged.add(damaged, ordering: .releasing) }
            guard count == batch.capacity else { return socket.advance(to: now) }
        }
    }

    private func note(_ payload: RawSpan, at now: Instant) {
        guard plan.timesArrivals, let stamp = Payload.stamp(of: payload) else { return }
        arrivals.note(sentAt: stamp.nanoseconds, number: stamp.number, at: now)
    }
}
