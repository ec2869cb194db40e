import Clocks
import Endpoints
import Glibc
import Headcast

/// The demo's subscribers: 127.0.0.2 and the addresses after it, each on a port that the kernel chose.
struct DemoSubscribers {
    struct Arrival {
        var subscriber: Endpoint
        var message: Message
        /// The payload for a terminal.
        var text: String
    }

    private let sockets: [Socket]
    private let stop: Int32

    /// - Parameter stop: once it is readable, nothing is waited for any more; -1 where nothing is.
    init(count: Int, stop: Int32 = -1) throws {
        self.stop = stop
        sockets = try (0..<count).map { index in
            let address = IPAddress(v4: 0x7F00_0002 + UInt32(index))
            return Socket(try DatagramSocket(binding: Endpoint(address: address, port: 0)))
        }
    }

    var endpoints: [Endpoint] { sockets.map { $0.socket.endpoint } }

    /// Whether nothing is to be waited for any more.
    var isStopped: Bool {
        var wait = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) > 0
    }

    /// Sleeps until something arrives and takes it; nil at the stop, or when `deadline` is over.
    func next(before deadline: Instant? = nil) throws -> [Arrival]? {
        // poll(2) passes over descriptors that are negative.
        var waits = (sockets.map { $0.socket.descriptor } + [stop]).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while true {
            let left = deadline.map { max(.zero, $0 - .now).nanoseconds / 1_000_000 + 1 }
            let count = poll(&waits, nfds_t(waits.count), left.map { Int32(clamping: $0) } ?? -1)
            if count > 0 { break }
            let code = errno
            if count < 0, code != EINTR { throw ProgramFailure("cannot wait for datagrams", code) }
            if let deadline, .now >= deadline { return nil }
        }
        guard waits[sockets.count].revents == 0 else { return nil }
        return try zip(sockets, waits).filter { $1.revents != 0 }.flatMap { try arrivals(at: $0.0) }
    }

    /// A bounded number, so that one subscriber does not keep the others waiting.
    private func arrivals(at socket: Socket) throws -> [Arrival] {
        var buffer = [UInt8](repeating: 0, count: 65_535)
        var events: [Subscription.Event] = []
        while events.count < 64, let (count, sender) = try socket.socket.receive(into: &buffer) {
            let datagram = buffer[..<count]
            socket.reader.read(datagram.span.bytes, from: sender, at: .now, to: &events)
        }
        return events.compactMap { event in
            guard case .message(let message) = event else { return nil }
            let text = visibleText(of: message.payload)
            return Arrival(subscriber: socket.socket.endpoint, message: message, text: text)
        }
    }

    /// Puts a socket and what reads its datagrams, which cannot be copied, into an array.
    private final class Socket {
        let socket: DatagramSocket
        var reader: DatagramReader

        init(_ socket: consuming DatagramSocket) {
            self.socket = socket
            var options = Subscription.Options()
            options.formats = Set(Message.Format.allCases)
            reader = DatagramReader(options)
        }
    }
}
