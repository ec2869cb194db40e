import ArgumentParser
import Glibc
import Requesting
import Service

/// `headcast publish`: hands messages to a gateway.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish a payload to a topic, or every line of standard input.",
        discussion: """
            Without a payload, or with - for one, standard input is the payload, byte for byte. With --lines every \
            line is a message of its own, published in order over one connection; an empty line is an empty message. \
            Lines that are there travel together, up to 1,000 of them, and a line that comes alone is published at \
            once, as a batch of one. What flags say holds for each line: with --content-type \
            application/cloudevents+json each is an event. A line that is refused ends it after those that travelled \
            with it, as does Ctrl-C; both are followed by how many were published. With --retry, lines that are tried \
            again come after those that travelled with them and were taken, and before all later ones. On a terminal, \
            long work shows how far it is.

            Content type, attributes and time to live travel with the payload where the topic's format carries them; \
            with the format raw they do not.

            EXIT STATUS
              0   every message was sent to every subscriber
              1   refused, or no answer
              2   taken, but some subscriber was not sent it, or there are none
              64  wrong flags

            EXAMPLES
              headcast publish orders hello
              headcast publish orders --copies 3 --require 2 < order.json
              headcast publish orders,prices reload --attribute region=eu --ttl 30s
              headcast publish orders --content-type application/json \\
                --idempotency-key order-7 < order.json
              tail -f prices.log | headcast publish prices --lines
              headcast publish orders hello --gateway https://headcast.example.com
            """
    )

    @OptionGroup var gateway: GatewayOption

    @Argument(help: "The topic, or several: orders,prices.")
    var topic: String

    @Argument(help: "The payload; standard input if it is left out or -.")
    var payload: String?

    @Flag(help: "Publish every line of standard input as a message of its own.")
    var lines = false

    @Option(help: ArgumentHelp("How often each subscriber is sent it, 1 to 16.", valueName: "count"))
    var copies: Int?

    @Option(
        help: ArgumentHelp("Time between two copies, like 50ms.", valueName: "duration"), transform: FlagValue.spacing)
    var spacing: Duration?

    @Option(help: ArgumentHelp("Send nothing unless so many subscribers are there.", valueName: "count"))
    var require: Int?

    @Option(
        help: ArgumentHelp(
            "How old the list of subscribers may be, like 5s, whole seconds; 0 looks up the subscribers anew.",
            valueName: "duration"),
        transform: FlagValue.duration)
    var maximumAge: Duration?

    @Option(
        help: ArgumentHelp("How long the message is of use; subscribers drop it later.", valueName: "duration"),
        transform: FlagValue.timeToLive)
    var ttl: Duration?

    @Option(help: ArgumentHelp("The type of the payload, like application/json.", valueName: "type"))
    var contentType: String?

    @Option(
        help: ArgumentHelp(
            "What travels with the payload, by a name of a-z, 0-9, -, _ and .; may be repeated.",
            valueName: "name=value"))
    var attribute: [String] = []

    @Option(
        help: ArgumentHelp(
            "Names this publish: repeated within 5 minutes it is answered with the first receipt, and not sent again.",
            valueName: "key"))
    var idempotencyKey: String?

    @Option(
        help: ArgumentHelp(
            "Go on trying for so long while the gateway cannot be reached or cannot take it now (429, 503).",
            valueName: "duration"),
        transform: FlagValue.duration)
    var retry = Duration.zero

    @Option(
        help: ArgumentHelp("How long to wait for an answer. (default: 10s)", valueName: "duration"),
        transform: FlagValue.duration)
    var timeout = Duration.seconds(10)

    @Option(help: ArgumentHelp("A further header of the requests; may be repeated.", valueName: "name: value"))
    var header: [String] = []

    @Option(help: "What is printed: text for people, or json for the receipts and errors as they came.")
    var output = OutputFormat.text

    /// The payload among the arguments; nil where it is on standard input.
    var givenPayload: String? { payload == "-" ? nil : payload }

    var topics: [String] {
        topic.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private var options: PublishRequestOptions {
        var options = PublishRequestOptions(
            copies: copies, spacing: spacing, require: require, maximumAge: maximumAge, ttl: ttl,
            contentType: contentType, idempotencyKey: idempotencyKey)
        options.attributes = attribute.map { attribute in
            let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return options
    }

    func run() async throws {
        let url = try gateway.url(in: Surroundings.environment)
        signal(SIGPIPE, SIG_IGN)
        var client = GatewayClient(url: url, http: try HTTPClient(agent: GatewayClient.agent))
        client.timeout = timeout
        client.headers = header
        var publishing = Publishing(client: client, topics: topics, options: options, retry: retry, output: output)
        if lines {
            let signals = try StopSignals()
            client.http.stopDescriptor = signals.descriptor
            publishing.stop = signals.descriptor
            if isatty(STDIN_FILENO) == 1 {
                StandardError.print("reading lines from the terminal, each a message; Ctrl-D ends them")
            }
            try publishing.publishLines(
                LineReader(
                    descriptor: STDIN_FILENO, maximumBytes: Self.maximumPayloadBytes, stop: signals.descriptor))
            withExtendedLifetime(signals) {}
        } else {
            try publishing.publish(try givenPayload.map { Array($0.utf8) } ?? Self.readPayload())
        }
        if let status = publishing.exitStatus { throw ExitCode(status) }
    }

    /// What is read of standard input for one message; no gateway takes more.
    private static let maximumPayloadBytes = 64 << 20

    private static func readPayload() throws -> [UInt8] {
        if isatty(STDIN_FILENO) == 1 { StandardError.print("reading the payload from the terminal; Ctrl-D ends it") }
        return try StandardInput.readAll(atMost: maximumPayloadBytes)
    }
}
