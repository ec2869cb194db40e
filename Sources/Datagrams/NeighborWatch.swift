import CLinux
import Endpoints
import Glibc

/// Tells which addresses on this network do not answer for their link-layer address.
///
/// Datagrams for such a neighbour wait in the kernel, charged to the socket they were sent on, and the ICMP errors that
/// would tell are rate-limited; the neighbour table (rtnetlink(7), RTM_GETNEIGH) is not. Addresses behind a router never
/// stand in it: nothing waits for those here. Any process may read it. Not Sendable: one thread.
package final class NeighborWatch {
    /// The most neighbours looked at in one go.
    private static let capacity = 4_096

    private let descriptor: Int32
    /// Whether the kernel did not answer once: some sandboxes only seem to have netlink, and asking takes time.
    private var isMute = false
    /// Those being asked for at the last look: a living neighbour is found within one.
    private var asked: Set<IPAddress> = []

    /// Nil where the kernel has no netlink.
    package init?() {
        descriptor = linux_open_netlink()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// The neighbours that failed to answer, or have not answered since the last call.
    ///
    /// To be called about once a second: an address counts that is still being asked for at two calls in a row.
    /// Takes two system calls and more for every few hundred neighbours.
    package func unanswering() -> Set<IPAddress> {
        guard !isMute else { return [] }
        return withUnsafeTemporaryAllocation(of: linux_neighbor.self, capacity: Self.capacity) { buffer in
            let count = linux_unresolved_neighbors(descriptor, buffer.baseAddress, Int32(Self.capacity))
            isMute = count < 0
            var failed: Set<IPAddress> = []
            var asked: Set<IPAddress> = []
            for neighbor in buffer.prefix(max(0, Int(count))) {
                let bits = withUnsafeBytes(of: neighbor.address) { $0.loadUnaligned(as: UInt128.self) }
                let address = IPAddress(bits: UInt128(bigEndian: bits))
                if neighbor.is_failed != 0 || self.asked.contains(address) { failed.insert(address) }
                asked.insert(address)
            }
            self.asked = asked
            return failed
        }
    }
}
