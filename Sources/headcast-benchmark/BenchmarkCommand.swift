import ArgumentParser
import Glibc
import Records

/// The program: measures Headcast next to plain C, in turns, on this machine.
@main
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headcast-benchmark",
        abstract: "Measure Headcast next to plain C, in turns, on this machine.",
        discussion: """
            Everything happens on loopback; nothing is left behind. Progress goes to standard error, the report to \
            standard output. Losses are what was sent and no receiver counted. The suites, all unless --only names some:

              lone      one message: append to last datagram, next to a bare sendmmsg loop
              fanout    saturated fan-out in process, next to a bare sendmmsg loop
              receive   what one subscriber takes, next to the receiver in Python
              http      POSTs through the gateway, next to plain C servers
              latency   POST to arrival at the last of ten subscribers
              scale     time and memory with up to 10,000 subscribers
              recorder  responses that a recorder acknowledges, next to bare SQLite

            The last four run the program headcast that lies beside this one. Records that went to a server of \
            PostgreSQL stay there: give --store a database of its own.

            EXAMPLES
              swift build -c release && .build/release/headcast-benchmark
              headcast-benchmark --only lone --only fanout --rounds 5
              headcast-benchmark --only recorder --folder /var/tmp --responses 5000000
              headcast-benchmark --quick --output json > figures.json
            """
    )

    @Option(help: ArgumentHelp("Run this suite; may be repeated.", valueName: "suite"))
    var only: [Suite] = []

    @Option(help: ArgumentHelp("Length of each measurement in each round, 0.01 to 60.", valueName: "seconds"))
    var seconds: Double?

    @Option(help: ArgumentHelp("How often ours and the yardstick have their turn, 1 to 100.", valueName: "count"))
    var rounds = 3

    @Option(
        help: ArgumentHelp(
            "What one subscriber is sent in a millisecond at most, instead of the default of topics.",
            valueName: "bytes"))
    var burstBytes: Int?

    @Option(help: ArgumentHelp("The headcast to measure, instead of the one beside this program.", valueName: "path"))
    var program: String?

    @Option(
        help: ArgumentHelp(
            "The receiver in Python that is measured, too: deploy/examples/python-subscriber/subscriber.py.",
            valueName: "path"))
    var pythonSubscriber: String?

    @Option(
        help: ArgumentHelp(
            "The database that a recorder is measured with, postgres://USER@HOST/DATABASE, instead of a file.",
            valueName: "url"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Where databases of SQLite are made and removed; a file system in memory would flatter.",
            valueName: "path"))
    var folder = "/tmp"

    @Option(help: ArgumentHelp("After how many the memory of a recorder is measured.", valueName: "count"))
    var responses = 100_000

    @Flag(help: "Measure less and for a fifth of the time: to see that it works.")
    var quick = false

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var output = OutputFormat.text

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        // What a child of this program is told; no command for people.
        switch arguments.first {
        case LaunchCommand.name: LaunchCommand.run(arguments.dropFirst())
        case SubscriberCommand.name: SubscriberCommand.run(arguments.dropFirst())
        case YardstickCommand.name: YardstickCommand.run(arguments.dropFirst())
        default: main(Array(arguments))
        }
    }

    func validate() throws {
        if let seconds, !(0.01...60).contains(seconds) {
            throw ValidationError("--seconds is \(seconds); expected 0.01 to 60")
        }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds is \(rounds); expected 1 to 100") }
        if let burstBytes, !(1...1 << 30).contains(burstBytes) {
            throw ValidationError("--burst-bytes is \(burstBytes); expected 1 to \(1 << 30)")
        }
        guard (1...1_000_000_000).contains(responses) else {
            throw ValidationError("--responses is \(responses); expected 1 to 1000000000")
        }
        // It is not shown: a password may stand in it.
        guard store == nil || server != nil else {
            throw ValidationError("--store is no postgres://USER@HOST/DATABASE; --folder says where files are made")
        }
        guard folder.hasPrefix("/") else { throw ValidationError("--folder is \(folder); expected an absolute path") }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        do {
            let report = try Benchmark(plan: plan) { StandardError.print($0) }.run()
            try StandardOutput.write(output == .json ? report.json : Array(report.text.utf8))
        } catch let failure as BenchmarkFailure {
            StandardError.print(failure.description)
            if let hint = failure.hint { StandardError.print(hint) }
            throw ExitCode.failure
        }
    }

    private var plan: Plan {
        var plan = Plan()
        if !only.isEmpty { plan.suites = Suite.allCases.filter { only.contains($0) } }
        plan.rounds = rounds
        plan.seconds = seconds ?? (quick ? 0.2 : 1)
        plan.isQuick = quick
        plan.burstBytes = burstBytes
        plan.program = program
        plan.pythonSubscriber = pythonSubscriber
        plan.store = server
        plan.folder = folder
        plan.responses = responses
        return plan
    }

    /// Nil for what is no server.
    private var server: StoreLocation? {
        guard let location = try? store.map({ try StoreLocation($0) }), case .postgreSQL = location else { return nil }
        return location
    }
}
