import Clocks
import FanOut
import Glibc

/// Sends as many messages as leave and arrive, for a time.
struct Saturation {
    let subscribers: any Subscribers
    let time: Duration

    /// What is published before each step, as a busy round of the gateway's loop brings it.
    private static let perStep = 256
    private static let maximumBacklog = 512

    func run(_ ours: OurFanOut) throws -> FlowOutcome {
        let payload = subscribers.plan.payload
        let end = Instant.now + time
        var flow = Flow(to: subscribers)
        while case let now = Moment.now, now.instant < end {
            let room = min(flow.room(at: now.instant), Self.perStep, Self.maximumBacklog - ours.backlog)
            for _ in 0..<max(0, room) {
                try ours.publish(payload, at: now)
                flow.notePublished(1)
            }
            if !ours.step(at: now), room <= 0 { usleep(20) }
        }
        while ours.backlog > 0 {
            if !ours.step(at: .now) { usleep(20) }
        }
        return flow.finish()
    }

    func run(_ bare: BareLoop) -> FlowOutcome {
        let payload = subscribers.plan.payload
        let end = Instant.now + time
        var flow = Flow(to: subscribers)
        while case let now = Instant.now, now < end {
            let room = min(flow.room(at: now), 16)
            for _ in 0..<max(0, room) {
                bare.send(payload)
                flow.notePublished(1)
            }
            if room <= 0 { usleep(20) }
        }
        return flow.finish()
    }
}
