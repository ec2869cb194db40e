import Datagrams
import Endpoints

/// Receives the messages that a gateway sends to one address and port.
///
/// Each message is yielded once, whole, with its attributes, however often and in however many pieces it was sent:
/// ```swift
/// import Headcast
///
/// let subscription = try Subscription(listen: "[::]:12000")
/// for await message in subscription {
///     print(message.topic, message.sequence, String(decoding: message.payload, as: UTF8.self))
/// }
/// ```
/// What was missed is told by ``events``, and counted in ``counters``. A subscription has one consumer at a time:
/// either this sequence or that of its events, in one task; a second that waits meanwhile ends at once.
///
/// It receives from its beginning, on a thread of its own, and keeps what is not consumed yet in a queue of bounded
/// size. The socket is closed and the thread gone when the consuming task is cancelled, after ``cancel()``, or when
/// nobody refers to the subscription or to an iterator of it any more.
public final class Subscription: Sendable {
    /// Where it receives: `[::]:12000`, with the port that the kernel chose if 0 was asked for.
    public let endpoint: String

    /// What the kernel granted of ``Options/receiveBufferBytes``, in bytes of its memory. It doubles what is asked, and
    /// keeps its own bookkeeping in it.
    public let receiveBufferBytes: Int

    let queue: EventQueue
    private let thread: WorkerThread

    /// Binds a socket and begins to receive.
    ///
    /// - Parameter listen: an address and a port, `10.42.0.7:12000` or `[fd00::7]:12000`. `[::]` receives IPv6 and IPv4;
    ///   port 0 takes a free one. The port is never shared with another program.
    public init(listen: String, _ options: Options = Options()) throws(SubscriptionError) {
        guard let address = Endpoint(listen) else { throw .address(listen) }
        let queue = EventQueue(maximumEvents: options.queueMessages, maximumBytes: options.queueBytes)
        let socket: ReceivingSocket
        do throws(DatagramError) {
            socket = try ReceivingSocket(binding: address, receiveBufferBytes: options.receiveBufferBytes)
        } catch {
            throw SubscriptionError(error)
        }
        endpoint = socket.endpoint.description
        receiveBufferBytes = socket.receiveBufferBytes
        self.queue = queue
        let handover = Handover(socket)
        do throws(WorkerThread.Failure) {
            thread = try WorkerThread { stop in
                guard let socket = handover.take() else { return }
                var receiver = Receiver(socket: socket, stop: stop, queue: queue, options: options)
                receiver.run()
            }
        } catch {
            throw .socket(error.action, code: error.code)
        }
    }

    deinit {
        cancel()
    }

    /// What has been received and dropped so far. Any thread; takes a lock for a moment.
    public var counters: Counters { queue.counters }

    /// Closes the socket and ends the thread. What was received before may still be consumed; then the sequences end.
    ///
    /// Any thread, any number of times; returns when the socket is closed.
    public func cancel() {
        queue.close()
        thread.end()
    }
}
