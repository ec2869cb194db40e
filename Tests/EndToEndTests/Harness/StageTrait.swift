import Testing

/// Gives each test a stage and a share of the machine.
struct StageTrait: TestTrait, SuiteTrait, TestScoping {
    let places: Int

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Turnstile.machine.enter(places)
        do {
            let stage = try Stage()
            defer { stage.clear() }
            try await Stage.$present.withValue(stage) { try await function() }
        } catch {
            await Turnstile.machine.leave(places)
            throw error
        }
        await Turnstile.machine.leave(places)
    }
}

extension Trait where Self == StageTrait {
    /// For tests that mostly wait: some run together.
    static var onStage: Self { StageTrait(places: 1) }

    /// For tests that load the machine or measure: nothing else runs meanwhile.
    static var onStageAlone: Self { StageTrait(places: Turnstile.width) }
}
