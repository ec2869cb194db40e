import FanOut
import Testing

@testable import headcast_benchmark

/// Runs for facts, never for figures.
@Suite(.serialized)
struct SmokeTests {
    @Test(arguments: [MessageFormat.raw, .enveloped], [false, true])
    func `what is sent arrives, intact, or is told as lost`(format: MessageFormat, usesGRO: Bool) throws {
        var plan = ReceiverPlan(
            count: 5, content: .init(of: format), usesGRO: usesGRO, payload: Payload(count: 1_200))
        // A busy machine may keep the receivers from running.
        plan.patience = .seconds(20)
        let receivers = try Receivers(plan)
        let ours = try OurFanOut(to: receivers.endpoints, format)
        let outcome = try Saturation(subscribers: receivers, time: .milliseconds(50)).run(ours)
        #expect(outcome.deliveries > 0)
        #expect(outcome.sent.isMultiple(of: 5))
        #expect(outcome.deliveries + outcome.lost == outcome.sent)
        #expect(outcome.lost == 0)
        #expect(outcome.damaged == 0)
    }

    @Test func `what nobody receives is told as lost`() throws {
        let receivers = try Receivers(ReceiverPlan(count: 2, payload: Payload(count: 200)))
        let bare = try BareLoop(to: Array(receivers.endpoints.prefix(1)))
        var flow = Flow(to: receivers)
        bare.send(receivers.plan.payload)
        flow.notePublished(1)
        let outcome = flow.finish()
        #expect(outcome.sent == 2)
        #expect(outcome.deliveries == 1)
        #expect(outcome.lost == 1)
    }

    @Test func `one shared socket receives for every subscriber`() throws {
        let receivers = try Receivers(
            ReceiverPlan(count: 300, layout: .socketShared, content: .any, payload: Payload(count: 200)))
        #expect(Set(receivers.endpoints).count == 300)
        let bare = try BareLoop(to: receivers.endpoints)
        var flow = Flow(to: receivers)
        bare.send(receivers.plan.payload)
        flow.notePublished(1)
        #expect(flow.finish().deliveries == 300)
    }

    @Test func `a quick run reports every suite in process`() throws {
        var plan = Plan()
        plan.suites = [.lone, .fanout]
        plan.seconds = 0.01
        plan.rounds = 1
        plan.isQuick = true
        var told: [String] = []
        let report = try Benchmark(plan: plan) { told.append($0) }.run()
        #expect(report.sections.map(\.name) == ["lone", "append", "fanout", "fanout-large"])
        #expect(report.sections.map(\.rows.count) == [4, 3, 8, 1])
        #expect(told.contains { $0.hasPrefix("fanout: 200 bytes, 100 subscribers") })
    }
}
