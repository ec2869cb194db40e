import ArgumentParser
import Glibc
import Logging
import Requesting
import Service

/// `headcast demo`: a gateway and its subscribers on this machine, to see what Headcast does.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch it work: a gateway and its subscribers on this machine.",
        discussion: """
            Starts a gateway on 127.0.0.1:8080, or on a free port where that one is taken, and subscribers on \
            127.0.0.2, 127.0.0.3 and so on. Publishes three messages and shows what each subscriber receives, then \
            serves until Ctrl-C.

            Where input or output is no terminal, it ends after the three messages: with 0 if every subscriber \
            received each, else with 1.
            """
    )

    @Option(help: ArgumentHelp("How many subscribers, 1 to 100.", valueName: "count"))
    var subscribers = 3

    func validate() throws {
        guard (1...100).contains(subscribers) else {
            throw ValidationError("--subscribers is \(subscribers); expected 1 to 100")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(level: .warning, format: .auto)
        signal(SIGPIPE, SIG_IGN)
        let subscribers = try DemoSubscribers(count: subscribers)
        let gateway = try await DemoGateway.start(for: subscribers.endpoints)
        let demo = Demo(
            gateway: gateway, subscribers: subscribers, http: try HTTPClient(agent: GatewayClient.agent)
        ) { try StandardOutput.write(Array($0.utf8)) }
        let isWatched = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        try demo.showWhereEverythingIs()
        let isComplete = try demo.showThreeMessages()
        try demo.showWhatToTry(isServing: isWatched)
        if isWatched {
            // Until here a signal ends the process by itself.
            let signals = try StopSignals()
            try withExtendedLifetime(signals) { try demo.showArrivals(until: signals.descriptor) }
        }
        await gateway.stop()
        guard isComplete else { throw ProgramFailure("not every subscriber received every message") }
    }
}
