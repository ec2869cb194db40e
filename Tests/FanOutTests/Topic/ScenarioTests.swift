import Testing

@testable import FanOut

struct ScenarioTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a random history is counted as it was and received as it is counted`(seed: UInt64) throws {
        let scenario = try Scenario(seed: seed, ringBytes: 16 << 20)
        for _ in 0..<400 { try scenario.act() }
        scenario.finish(isExact: true)
        #expect(scenario.faults.prefix(5) == [])
        #expect(scenario.fixture.topic.counters.copiesOverrun == 0)
        #expect(scenario.messages.count > 100)
    }

    @Test(arguments: 11...18 as ClosedRange<UInt64>)
    func `a random history in a log too small for its copies claims nothing that was not received`(
        seed: UInt64
    ) throws {
        let scenario = try Scenario(seed: seed, ringBytes: 64 << 10)
        for _ in 0..<400 { try scenario.act() }
        scenario.finish(isExact: false)
        #expect(scenario.faults.prefix(5) == [])
        #expect(scenario.messages.count > 100)
    }
}
