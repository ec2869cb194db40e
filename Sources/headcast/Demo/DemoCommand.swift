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

            With --record there is a recorder, too, on 127.0.0.1:8090 or a free port, with a file that ends with the \
            demo. Each subscriber answers each message, and of every message there is one record.

            Where input or output is no terminal, it ends after the three messages: with 0 if every subscriber \
            received and answered each, else with 1. SIGTERM or Ctrl-C ends it in order, with 0.

            EXAMPLES
              headcast demo
              headcast demo --subscribers 10 --record
            """
    )

    @Option(help: ArgumentHelp("How many subscribers, 1 to 100.", valueName: "count"))
    var subscribers = 3

    @Flag(help: "Have the subscribers answer to a recorder.")
    var record = false

    func validate() throws {
        guard (1...100).contains(subscribers) else {
            throw ValidationError("--subscribers is \(subscribers); expected 1 to 100")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(level: .warning, format: .auto)
        signal(SIGPIPE, SIG_IGN)
        // From here on a signal ends the demo in its own way: the recorder's folder goes with it.
        let signals = try StopSignals()
        let subscribers = try DemoSubscribers(count: subscribers, stop: signals.descriptor)
        let gateway = try await DemoGateway.start(for: subscribers.endpoints, isEnveloped: record)
        let demo = try Demo(
            gateway: gateway, subscribers: subscribers, recorder: record ? try await DemoRecorder.start() : nil,
            http: try HTTPClient(agent: GatewayClient.agent)
        ) { try StandardOutput.write(Array($0.utf8)) }
        let isWatched = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        let showing: Demo.Showing
        do {
            try demo.showWhereEverythingIs()
            showing = try await demo.showThreeMessages()
            if showing != .stopped {
                try demo.showWhatToTry(isServing: isWatched)
                if isWatched { try await demo.showArrivals() }
            }
        } catch {
            await demo.stop()
            throw error
        }
        await demo.stop()
        withExtendedLifetime(signals) {}
        guard showing != .incomplete else {
            throw ProgramFailure("not every subscriber received \(record ? "and answered " : "")every message")
        }
    }
}
