import Glibc
import Synchronization

/// Ports for programs that have to be told one.
enum FreePort {
    /// Below what Linux gives to those who ask for any port (ip(7), `ip_local_port_range`: 32768 to 60999), so that
    /// none of the many that do takes one between its choice and its use.
    private static let range: Range<UInt16> = 20_000..<32_768
    /// Begins anywhere, for the sake of other runs of the tests at the same time.
    private static let last = Mutex(range.randomElement() ?? range.lowerBound)

    /// A port that is free for UDP and TCP on every address at this moment, and that no other caller is given.
    static func find() throws -> UInt16 {
        for _ in range {
            let port = next()
            if isFree(port) { return port }
        }
        throw NeverHappened(what: "a port was free", account: "")
    }

    private static func next() -> UInt16 {
        last.withLock { last in
            last = last + 1 < range.upperBound ? last + 1 : range.lowerBound
            return last
        }
    }

    /// Whether nobody has it, for UDP and TCP, at this moment.
    static func isFree(_ port: UInt16) -> Bool {
        bind(to: port, Int32(SOCK_DGRAM.rawValue)) && bind(to: port, Int32(SOCK_STREAM.rawValue))
    }

    private static func bind(to port: UInt16, _ type: Int32) -> Bool {
        // A program that another test starts meanwhile would keep the port.
        let descriptor = socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
