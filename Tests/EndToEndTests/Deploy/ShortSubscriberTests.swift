import Testing

/// The short subscribers in Go and Java, where their toolchains are, which nothing else here needs.
@Suite(.onStage)
struct ShortSubscriberTests {
    private static let examples = Tool.root + "/deploy/examples"

    @Test(.enabled(if: Tool.go != nil, "needs go, which ./deploy/install leaves out: golang-go takes 464 MB"))
    func `the subscriber in Go reads the vectors, and drops what it saw`() async throws {
        let go = try #require(Tool.go)
        let source = "\(Self.examples)/go-subscriber/main.go"
        let program = try Stage.current.path("subscriber")
        // Nothing is fetched, and what is compiled goes with the stage.
        let environment = try ["GOCACHE": Stage.current.path("cache"), "GOFLAGS": "-mod=mod", "GOPROXY": "off"]
        try await run([go, "vet", source], environment)
        try await run([go, "build", "-o", program, source], environment)
        try await check([program])
    }

    @Test(.enabled(if: Tool.javac != nil && Tool.java != nil, "needs javac and java, 17 or later"))
    func `the subscriber in Java reads the vectors, and drops what it saw`() async throws {
        let source = "\(Self.examples)/java-subscriber/Subscriber.java"
        let classes = try Stage.current.path("classes")
        try await run([try #require(Tool.javac), "-Xlint:all", "-Werror", "-d", classes, source])
        try await check([try #require(Tool.java), "-cp", classes, "Subscriber"])
    }

    private func check(_ receiver: [String]) async throws {
        let script = Tool.part("subscriber/short_receiver.py")
        let checked = try await run([try #require(Tool.python), "-B", script] + receiver)
        let count = try #require(checked.output.firstMatch(of: #/^(\d+) messages of the vectors, each once/#)?.1)
        #expect(try #require(Int(count)) > 100)
    }

    /// Runs a command to its end, which must be a good one.
    @discardableResult
    private func run(_ command: [String], _ environment: [String: String] = [:]) async throws -> Program {
        let program = try Stage.current.start(command, environment: environment, name: "command")
        try #require(try await program.end(within: .seconds(120)) == .exited(0), "\(program.account)")
        return program
    }
}
