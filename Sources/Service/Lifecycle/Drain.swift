import Clocks
import Glibc
import Logging
import MicroHTTP

/// A server's way to its end, which begins with SIGTERM. Loop thread only.
///
/// It goes on accepting for a while, unready, since Services still route to it; then it stops listening and finishes
/// what it has accepted; what is not finished in time is given up.
///
/// A class, since the server calls back in the middle of a step, and whoever is called asks for the phase.
package final class Drain {
    /// From start to end; a server never goes back.
    package enum Phase: Equatable, Sendable {
        case serving
        /// SIGTERM came: unready, but accepting until this instant.
        case leaving(until: Instant)
        /// Nothing new is accepted; what is accepted is finished, until this instant at most.
        case finishing(until: Instant)

        /// When it ends by itself.
        package var deadline: Instant? {
            switch self {
            case .serving: nil
            case .leaving(let until), .finishing(let until): until
            }
        }
    }

    package private(set) var phase = Phase.serving
    /// Whether the server is to end at once, since it was told twice.
    package private(set) var isHurried = false

    private let delay: Duration
    private let timeout: Duration

    package init(delay: Duration, timeout: Duration) {
        self.delay = delay
        self.timeout = timeout
    }

    /// Takes the signals that have come on `descriptor`, one byte each: the first begins, the second hurries.
    package func readStop(_ descriptor: Int32, of server: HTTPServer, at now: Instant, _ logger: Logger) {
        let requests = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            // Nobody left who could write means the same as being told so.
            return count == 0 ? 2 : max(count, 0)
        }
        for _ in 0..<requests { stopRequested(server, at: now, logger) }
    }

    private func stopRequested(_ server: HTTPServer, at now: Instant, _ logger: Logger) {
        guard case .serving = phase else {
            logger.warning("stopping at once")
            isHurried = true
            return
        }
        phase = .leaving(until: now + delay)
        server.isClosing = true
        logger.info("draining", metadata: ["delay": "\(delay.seconds) s"])
    }

    /// Goes from leaving to finishing to the end; whether the end is reached.
    ///
    /// - Parameters:
    ///   - isFinished: whether nothing accepted is left to do, open requests aside.
    ///   - giveUp: answers whoever still waits, when the time is up.
    package func advance(
        _ server: HTTPServer, at now: Instant, _ logger: Logger, isFinished: () -> Bool, giveUp: () -> Void
    ) -> Bool {
        if case .leaving(let until) = phase, now >= until {
            server.stopListening()
            phase = .finishing(until: now + timeout)
        }
        guard case .finishing(let until) = phase else { return false }
        if isFinished(), server.openRequestCount == 0 { return true }
        guard now >= until else { return false }
        logger.warning("drain timed out", metadata: ["openRequests": "\(server.openRequestCount)"])
        giveUp()
        server.poll(at: now)
        return true
    }
}
