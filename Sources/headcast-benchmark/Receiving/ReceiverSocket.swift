import Clocks
import Datagrams
import Endpoints
import Glibc
import Headcast

/// One subscriber's socket, and the library's reader of what arrives there. One thread.
final class ReceiverSocket {
    let socket: ReceivingSocket

    private var reader: DatagramReader?
    private var events: [Subscription.Event] = []

    /// The library remembers 65,536 ids for each subscriber. Here a hundred of them share a core and its cache, so each
    /// remembers fewer; ids are looked up and kept all the same.
    private static let rememberedIDs = 1_024
    private static let bufferBytes = 4 << 20

    init(at endpoint: Endpoint, _ plan: ReceiverPlan) throws {
        socket = try ReceivingSocket(binding: endpoint, receiveBufferBytes: Self.bufferBytes)
        if !plan.usesGRO {
            var off: Int32 = 0
            setsockopt(socket.descriptor, Int32(IPPROTO_UDP), UDP_GRO, &off, socklen_t(MemoryLayout<Int32>.size))
        }
        guard plan.content == .envelope else { return }
        var options = Subscription.Options()
        options.rememberedIDs = Self.rememberedIDs
        reader = DatagramReader(options)
    }

    /// Takes one datagram and lends the payload of every message that it completes.
    func read(_ datagram: RawSpan, from sender: Endpoint, at now: Moment, _ body: (RawSpan) -> Void) {
        guard reader != nil else { return body(datagram) }
        reader?.read(datagram, from: sender, at: now, to: &events)
        for event in events {
            if case .message(let message) = event { body(message.payload.span.bytes) }
        }
        events.removeAll(keepingCapacity: true)
    }

    /// Gives up what is lost. Everything that arrived by `now` must have been read.
    func advance(to now: Moment) {
        guard reader?.nextDeadline != nil else { return }
        reader?.advance(to: now, to: &events)
        events.removeAll(keepingCapacity: true)
    }
}

/// Option of udp(7) that Glibc's module does not know.
private let UDP_GRO: Int32 = 104
