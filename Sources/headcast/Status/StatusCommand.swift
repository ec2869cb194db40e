import ArgumentParser
import Endpoints
import FanOut
import FoundationEssentials
import Glibc
import Service

/// `headcast status`: what a gateway, or all replicas together, did and to whom.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what a gateway, or all its replicas together, did and to whom.",
        discussion: """
            With dns://NAME:PORT every address of the name is asked, and what they say is added up: each replica has \
            its own subscribers, counts and receipts. Subscribers with trouble come first. COPIES SENT counts what \
            the kernel took, CONFIRMED is when DNS last confirmed the subscribers. With --message, STATE NOW is how \
            the gateway sees each subscriber since: one that is refusing was sent the message, but nobody listens there.

            EXIT STATUS
              0   every gateway answered and is ready; with --message, the message is known;
                  with --watch, a signal ended it
              1   some gateway did not answer or is not ready, or not all of them are known;
                  the topic or the message is not known
              64  wrong flags

            EXAMPLES
              headcast status
              headcast status --watch --topic orders
              headcast status --output json | jq '.topics[].copiesFailed'
              headcast status --gateway dns://headcast-replicas:8080
              headcast status --gateway dns://headcast-replicas:8080 \\
                --message 01a206a6-cacb-7fe6-aa46-003b0b0bfdb7
            """
    )

    @OptionGroup var gateway: ReplicasOption

    @Option(help: ArgumentHelp("This topic alone, with all its subscribers.", valueName: "name"))
    var topic: String?

    @Option(help: ArgumentHelp("What became of this message, for each subscriber.", valueName: "id"))
    var message: String?

    @Flag(help: "Go on and show it anew, until Ctrl-C.")
    var watch = false

    @Option(
        help: ArgumentHelp("How often, with --watch. (default: 2s)", valueName: "duration"),
        transform: FlagValue.duration)
    var interval: Duration?

    @Option(
        help: ArgumentHelp("How long to wait for an answer. (default: 5s)", valueName: "duration"),
        transform: FlagValue.duration)
    var timeout = Duration.seconds(5)

    @Option(
        help: ArgumentHelp("The DNS server to ask, instead of those in /etc/resolv.conf.", valueName: "address:port"),
        transform: FlagValue.nameserver)
    var resolver: Endpoint?

    @Option(
        help: "What is printed: text for people, or json: all in one document; with --message the one of its gateway.")
    var output = OutputFormat.text

    func validate() throws {
        guard output == .text || !watch else { throw ValidationError("--output json goes without --watch") }
        guard message == nil || (topic == nil && !watch) else {
            throw ValidationError("--message goes without --topic and --watch")
        }
        if let message, MessageID(message) == nil {
            throw ValidationError("--message is \(message.quoted); expected a UUID as receipts have it")
        }
        if let topic { try TopicArgument.check(topic) }
        guard watch || interval == nil else { throw ValidationError("--interval goes with --watch") }
        guard timeout > .zero else { throw ValidationError("--timeout is 0; expected a duration like 5s") }
        guard interval.map({ $0 >= .milliseconds(100) }) ?? true else {
            throw ValidationError("--interval is less than 100ms")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let address = try gateway.address(in: Surroundings.environment)
        let finder = try ReplicaFinder(address, timeout: timeout, nameserver: resolver)
        if let message { return try await show(message, from: finder) }
        guard watch else {
            let page = try await page(from: finder)
            let text = Array((page.lines.joined(separator: "\n") + "\n").utf8)
            try StandardOutput.write(output == .json ? page.document : text)
            guard page.isWell else { throw ExitCode.failure }
            return
        }
        try await StatusWatch(interval: interval ?? .seconds(2), http: finder.http).run { previous in
            var page = try await page(from: finder)
            page.previous = previous
            return page
        }
    }

    private func page(from finder: ReplicaFinder) async throws -> StatusPage {
        let found = try await finder.find()
        var answers = Replica.ask(found.replicas, topic: topic)
        if let topic {
            for (index, replica) in found.replicas.enumerated() { answers[index].complete(topic, from: replica) }
        }
        var page = StatusPage(answers, at: .now)
        page.doubt = found.doubt
        if let unknown = page.unknownTopic { throw ProgramFailure(unknown) }
        if topic != nil { page.shownSubscribers = nil }
        return page
    }

    private func show(_ message: String, from finder: ReplicaFinder) async throws {
        let found = try await finder.find()
        var page = MessagePage(
            id: message, findings: Replica.ask(found.replicas, message: message), doubt: found.doubt)
        switch output {
        case .text:
            page.present = Replica.subscribers(found.replicas, of: page).map { ($0, .now) }
            try StandardOutput.write(Array((page.lines.joined(separator: "\n") + "\n").utf8))
        case .json:
            if let document = page.document { try StandardOutput.write(document) }
            if !page.isFound { StandardError.print(page.lines.filter { !$0.isEmpty }) }
        }
        guard page.isFound else { throw ExitCode.failure }
    }
}

extension Replica.Answer {
    /// Replaces the first subscribers of `topic`, which are all that a status holds, by all there are.
    fileprivate mutating func complete(_ topic: String, from replica: Replica) {
        guard case .report(var report) = self,
            let index = report.status.topics.firstIndex(where: { $0.topic == topic }),
            report.status.topics[index].subscriberCount > report.status.topics[index].subscribers.count,
            let subscribers = replica.subscribers(of: topic)
        else { return }
        report.status.topics[index].subscribers = subscribers
        self = .report(report)
    }
}
