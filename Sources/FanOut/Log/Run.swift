/// A stretch of the log that leaves as one send per endpoint.
///
/// Datagrams of equal length, the last may be shorter: what UDP_SEGMENT can cut apart again.
struct Run: Equatable {
    /// The number of its first datagram.
    var first: UInt64
    /// How many datagrams.
    var count: Int
    /// Where its bytes begin in the ring.
    var position: UInt64
    /// Bytes in all.
    var byteCount: Int
    /// Bytes of each datagram but the last.
    var segment: Int

    /// The number after its last datagram.
    var end: UInt64 { first + UInt64(count) }

    /// Datagram `index` alone, counted from 0.
    func datagram(_ index: Int) -> Run {
        let offset = index * segment
        let length = min(segment, byteCount - offset)
        return Run(
            first: first + UInt64(index), count: 1, position: position + UInt64(offset), byteCount: length,
            segment: length)
    }
}

/// How long a run may get.
struct RunLimits {
    /// The most payload one UDP send over IPv4 may hold: 65,535 less 20 of IP and 8 of UDP.
    static let maximumBytes = 65_507

    /// The most datagrams of one UDP_SEGMENT send (UDP_MAX_SEGMENTS of Linux 4.18 to 6.8).
    ///
    /// Later kernels take 128, but a packet of a virtual machine also passes the one of its host, which may be older and
    /// drops what is longer (virtio_net_hdr_to_skb), with nobody to tell.
    var datagrams = 64
    var bytes = maximumBytes
}
