import CAres
import Endpoints
import Glibc

/// c-ares on its way to one nameserver over one transport.
///
/// The only place that calls c-ares. It is given one nameserver each, so that who failed is known; it repeats unanswered
/// questions and matches answers to them, and nothing else: every answer with the right number, question and source
/// comes back as it is. Confined to the resolver's thread.
final class AresChannel {
    enum Failure: Error {
        case timedOut
        case unreachable
        case closed
        case other(String)
    }

    /// What arrives unfragmented anywhere (DNS Flag Day 2020), offered through EDNS.
    private static let datagramBytes: Int32 = 1_232

    private static let libraryStatus = ares_library_init(ARES_LIB_INIT_ALL)

    let transport: DNSTransport
    private var channel: ares_channel?

    init(_ nameserver: Endpoint, over transport: DNSTransport, timeout: Duration, tries: Int) throws(ResolvingError) {
        self.transport = transport
        guard AresChannel.libraryStatus == ARES_SUCCESS else { throw .cannotStart("c-ares", errno: ENOMEM) }
        var options = ares_options()
        // Without NOCHECKRESP a SERVFAIL is reported as a refused connection. With IGNTC a truncated answer is seen, and
        // what TCP then says can be told apart from it.
        options.flags = Int32(ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH)
        if transport == .tcp { options.flags |= Int32(ARES_FLAG_USEVC) }
        options.timeout = Int32(clamping: timeout.milliseconds)
        options.tries = Int32(clamping: tries)
        options.ndots = 1
        options.ednspsz = AresChannel.datagramBytes
        // Everything that c-ares would otherwise take from files and the environment is set.
        let mask =
            ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_EDNSPSZ | ARES_OPT_DOMAINS
            | ARES_OPT_LOOKUPS | ARES_OPT_NOROTATE | ARES_OPT_RESOLVCONF
        let status = "b".withCString { lookups in
            "/dev/null".withCString { path in
                // Both strings are copied by ares_init_options(3), never written to.
                options.lookups = UnsafeMutablePointer(mutating: lookups)
                options.resolvconf_path = UnsafeMutablePointer(mutating: path)
                return ares_init_options(&channel, &options, Int32(mask))
            }
        }
        guard status == ARES_SUCCESS, let channel else { throw .cannotStart("c-ares", errno: ENOMEM) }
        guard ares_set_servers_ports_csv(channel, "\(nameserver)") == ARES_SUCCESS else {
            ares_destroy(channel)
            throw .invalidNameserver("\(nameserver)")
        }
    }

    /// Completes every open question as `closed` and closes the sockets.
    func close() {
        guard let channel else { return }
        self.channel = nil
        ares_destroy(channel)
    }

    deinit { close() }

    /// Asks `question`; calls `completion` once, possibly before this returns.
    func ask(_ question: DNSQuestion, completion: @escaping (Result<[UInt8], Failure>) -> Void) {
        guard let channel else { return completion(.failure(.closed)) }
        let completion = Unmanaged.passRetained(Completion(completion)).toOpaque()
        ares_query(channel, "\(question.name)", 1, Int32(question.type.rawValue), receive, completion)
    }

    /// Appends what poll(2) should wait for.
    func appendDescriptors(to descriptors: inout [pollfd]) {
        guard let channel else { return }
        var sockets = [ares_socket_t](repeating: -1, count: AresChannel.maximumSockets)
        let bits = ares_getsock(channel, &sockets, Int32(sockets.count))
        for (index, socket) in sockets.enumerated() {
            var events: Int32 = 0
            if bits & (1 << index) != 0 { events |= POLLIN }
            if bits & (1 << (index + AresChannel.maximumSockets)) != 0 { events |= POLLOUT }
            if events != 0 { descriptors.append(pollfd(fd: socket, events: Int16(events), revents: 0)) }
        }
    }

    private static let maximumSockets = Int(ARES_GETSOCK_MAXNUM)

    /// The time until c-ares wants to repeat or give up a question, at most `limit`.
    func wait(atMost limit: Duration) -> Duration {
        guard let channel else { return limit }
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return limit }
        return min(limit, .seconds(time.tv_sec) + .microseconds(time.tv_usec))
    }

    /// Reads from and writes to the socket that poll(2) reports.
    func process(_ descriptor: pollfd) {
        guard let channel else { return }
        // Errors and hang-ups are learnt by reading.
        let isReadable = Int32(descriptor.revents) & (POLLIN | POLLERR | POLLHUP) != 0
        let isWritable = Int32(descriptor.revents) & POLLOUT != 0
        ares_process_fd(channel, isReadable ? descriptor.fd : -1, isWritable ? descriptor.fd : -1)
    }

    /// Repeats or gives up what has waited long enough.
    func processTimeouts() {
        guard let channel else { return }
        ares_process_fd(channel, -1, -1)
    }
}

/// Keeps a Swift closure alive in C's user pointer until C calls back.
private final class Completion {
    let call: (Result<[UInt8], AresChannel.Failure>) -> Void

    init(_ call: @escaping (Result<[UInt8], AresChannel.Failure>) -> Void) {
        self.call = call
    }
}

/// c-ares calls this exactly once for every question, at the latest when the channel is destroyed.
private func receive(
    user: UnsafeMutableRawPointer?, status: Int32, timeouts: Int32, bytes: UnsafeMutablePointer<UInt8>?, count: Int32
) {
    guard let user else { return }
    let completion = Unmanaged<Completion>.fromOpaque(user).takeRetainedValue()
    if let bytes, count > 0 {
        return completion.call(.success(Array(UnsafeBufferPointer(start: bytes, count: Int(count)))))
    }
    switch status {
    case ARES_ETIMEOUT: completion.call(.failure(.timedOut))
    case ARES_ECONNREFUSED: completion.call(.failure(.unreachable))
    case ARES_EDESTRUCTION, ARES_ECANCELLED: completion.call(.failure(.closed))
    default: completion.call(.failure(.other(String(cString: ares_strerror(status)))))
    }
}
