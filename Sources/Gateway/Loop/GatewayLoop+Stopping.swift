import Clocks
import FanOut
import Glibc
import Logging
import MicroHTTP

extension GatewayLoop {
    /// Takes the signals that have come.
    func readStop() {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = read(stopDescriptor, buffer.baseAddress, buffer.count)
            // Nobody left who could write means the same as being told so.
            for _ in 0..<(count == 0 ? 2 : max(count, 0)) { stopRequested() }
        }
    }

    private func stopRequested() {
        guard case .serving = state.phase else {
            logger.warning("stopping at once")
            isStopped = true
            return
        }
        state.phase = .leaving(until: state.now.instant + state.configuration.drainDelay)
        server.isClosing = true
        logger.info("draining", metadata: ["delay": "\(state.configuration.drainDelay.seconds) s"])
    }

    /// Goes from leaving to finishing to the end; whether the end is reached.
    func advancePhase() -> Bool {
        switch state.phase {
        case .serving:
            return false
        case .leaving(let until):
            guard state.now.instant >= until else { return false }
            server.stopListening()
            state.phase = .finishing(until: state.now.instant + state.configuration.drainTimeout)
            return advancePhase()
        case .finishing(let until):
            if state.topics.allSatisfy(\.isFinished), server.openRequestCount == 0 { return true }
            guard state.now.instant >= until else { return false }
            logger.warning("drain timed out", metadata: ["openRequests": "\(server.openRequestCount)"])
            routes.giveUpBatches()
            for topic in state.topics { routes.giveUp(topic) }
            server.poll(at: state.now.instant)
            return true
        }
    }
}
