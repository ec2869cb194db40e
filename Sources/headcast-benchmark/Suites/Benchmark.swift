/// Runs the suites of a plan, one after the other, and gathers what they found.
struct Benchmark {
    let plan: Plan
    /// Takes a line that tells what is being measured.
    let progress: (String) -> Void

    func run() throws -> Report {
        var machine = try Machine()
        // What is missing shows before minutes of measuring.
        let needsServers = plan.suites.contains { ![.lone, .fanout, .receive].contains($0) }
        let servers = needsServers ? try Servers(program: plan.program) : nil
        if !machine.isOptimized { progress("built without optimization: the figures mean little") }
        var sections: [Section] = []
        for suite in plan.suites { sections += try run(suite, servers) }
        machine.loadAfter = Machine.load
        return Report(machine: machine, plan: plan, sections: sections)
    }

    private func run(_ suite: Suite, _ servers: Servers?) throws -> [Section] {
        switch suite {
        case .lone: return try LoneSuite(plan: plan, progress: progress).run()
        case .fanout: return try FanOutSuite(plan: plan, progress: progress).run()
        case .receive: return try ReceiveSuite(plan: plan, progress: progress).run()
        default: break
        }
        let servers = try servers ?? Servers(program: plan.program)
        switch suite {
        case .http: return try HTTPSuite(plan: plan, progress: progress, servers: servers).run()
        case .latency: return try LatencySuite(plan: plan, progress: progress, servers: servers).run()
        case .recorder: return try RecorderSuite(plan: plan, progress: progress, servers: servers).run()
        default: return try ScaleSuite(plan: plan, progress: progress, servers: servers).run()
        }
    }
}
