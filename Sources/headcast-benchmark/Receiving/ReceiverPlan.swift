import Datagrams
import Endpoints
import FanOut
import Glibc

/// Which subscribers there are to be, and what they do with what they receive.
struct ReceiverPlan: Sendable {
    enum Layout: Sendable {
        /// A socket for each, at 127.0.8.1 and the addresses after it.
        case socketEach
        /// One socket for them all: what it costs the kernel to find a socket does not grow with them.
        case socketShared
    }

    /// What is looked for in a datagram.
    enum Content: Sendable {
        /// Nothing: datagrams themselves are counted.
        case any
        /// A payload, byte for byte.
        case payload
        /// An envelope, read by the library as any subscriber's.
        case envelope

        init(of format: MessageFormat) {
            self = format == .enveloped ? .envelope : .payload
        }
    }

    var count: Int
    var layout = Layout.socketEach
    var content = Content.payload
    /// Whether the kernel may hand over many datagrams as one (udp(7), UDP_GRO), as subscribers of the library allow.
    var usesGRO = false
    var payload: Payload
    /// Whether it is noted when each message has reached the last of them.
    var timesArrivals = false

    /// After how long without any arrival what is under way is taken for lost.
    var patience: Duration = .milliseconds(200)

    /// How many threads receive at most, each for its share of the subscribers; one where sockets or arrivals are shared.
    var maximumThreads = 1

    var threadCount: Int { layout == .socketShared || timesArrivals ? 1 : max(1, min(count, maximumThreads)) }

    /// The kernel memory that one message takes at most until it is received. An enveloped one may begin in one datagram
    /// and end in the next.
    var bufferBytes: Int {
        let bytes = payload.bytes.count + 48
        guard content == .envelope else { return BufferLimits.memory(ofDatagram: bytes) }
        let datagramBytes = TopicRules(name: "").datagramBytes
        let datagrams = bytes + 48 > datagramBytes ? 1 + (bytes + datagramBytes - 1) / datagramBytes : 1
        return datagrams * BufferLimits.memory(ofDatagram: min(bytes, datagramBytes))
    }

    static let processorCount = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    static func address(_ index: Int) -> IPAddress { IPAddress(v4: 0x7F00_0801 + UInt32(index)) }
}
