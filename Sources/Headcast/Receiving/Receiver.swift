import Clocks
import Datagrams
import Endpoints
import Glibc

/// What the receiving thread does: takes datagrams from the socket, reads them, and hands on what comes of them.
struct Receiver: ~Copyable {
    /// What one receive brings at most, each up to 64 KiB.
    private static let batchEntries = 32
    /// What the kernel charges the buffer at least for anything in it, besides its bytes (struct sk_buff).
    private static let leastCharge = 256

    private let socket: ReceivingSocket
    private let stop: Int32
    private let queue: EventQueue
    private var batch = ReceiveBatch(capacity: batchEntries)
    private var reader: DatagramReader
    private var events: [Subscription.Event] = []
    private var drops: UInt32 = 0
    private var kernelDrops = 0
    /// While more waits than one receive brings: when that began, and how much has been read since.
    private var backlog: (since: Moment, bytes: Int)?

    init(socket: consuming ReceivingSocket, stop: Int32, queue: EventQueue, options: Subscription.Options) {
        self.socket = socket
        self.stop = stop
        self.queue = queue
        reader = DatagramReader(options)
    }

    /// Receives until it is told to stop.
    mutating func run() {
        while true {
            let now = Moment.now
            switch batch.receive(on: socket) {
            case .received(let count):
                for key in queue.takeDropped() { reader.forget(key) }
                read(count, at: now)
                guard handOver() else { return }
                if count < batch.capacity, !wait() { return }
            case .failed:
                // ENOMEM and its like pass; whatever it is, it must not become a busy loop.
                guard !isStopped(within: 10) else { return }
            }
        }
    }

    /// Reads what came, and gives up what is lost by a time until which everything that arrived has been read.
    private mutating func read(_ count: Int, at now: Moment) {
        var bytes = 0
        for index in 0..<count {
            // Without it, datagrams of no bytes would let no time pass.
            bytes += Self.leastCharge
            batch.forEachDatagram(of: index) { datagram, sender in
                bytes += datagram.byteCount
                reader.read(datagram, from: sender, at: now, to: &events)
            }
        }
        noteDrops(batch.drops)
        if count < batch.capacity {
            noteDrops(socket.drops)
            backlog = nil
            reader.advance(to: now, to: &events)
        } else {
            // What arrived before `since` is behind us once as much was read as the buffer holds.
            let since = backlog?.since ?? now
            bytes += backlog?.bytes ?? 0
            backlog = (since, bytes)
            guard bytes >= socket.receiveBufferBytes else { return }
            reader.advance(to: since, to: &events)
            backlog = (now, 0)
        }
    }

    private mutating func noteDrops(_ total: UInt32?) {
        guard let total, total != drops else { return }
        let more = Int(total &- drops)
        // What SO_RXQ_OVFL says may be older than what was asked for.
        guard more < 1 << 31 else { return }
        drops = total
        kernelDrops += more
        events.append(.kernelDrops(more))
    }

    private mutating func handOver() -> Bool {
        var counters = reader.counters
        counters.kernelDrops = kernelDrops
        defer { events = [] }
        return queue.add(events, counters)
    }

    /// Sleeps until a datagram is there or something is to be given up; false when it is told to stop.
    private func wait() -> Bool {
        var timeout: Int32 = -1
        if let deadline = reader.nextDeadline {
            timeout = Int32(clamping: (max(0, (deadline - .now).nanoseconds) + 999_999) / 1_000_000)
        }
        var waits = [
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        return poll(&waits, 2, timeout) <= 0 || waits[0].revents == 0
    }

    private func isStopped(within milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) > 0
    }
}
