import ArgumentParser
import Dispatch
import Endpoints
import Glibc
import Headcast
import Service

/// `headcast subscribe`: receives at a port, and prints every message or runs a command for it.
struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Receive as a pod would, and print every message or run a command for it.",
        discussion: """
            Each datagram tells its format by itself. Enveloped messages are printed once and whole, however often and \
            in however many parts they came; of a raw topic, one datagram is one message.

            A message is a line, written at once, into files and pipes too. As text it is the payload: control \
            characters are escaped and bytes that are not UTF-8 are written \\xNN. As JSON it is an object of \
            receivedAt, from and, where the format tells them, id, topic, sequence, epoch, publishedAt and attributes, \
            with payload, or payloadBase64 where that is not UTF-8. Messages that were dropped because they were not \
            taken in time, here or by the kernel, are counted on standard error.

            With --exec every message is standard input of a command that /bin/sh runs, and HEADCAST_ID, \
            HEADCAST_TOPIC, HEADCAST_SEQUENCE, HEADCAST_EPOCH, HEADCAST_PUBLISHED_AT and HEADCAST_ATTRIBUTE_NAME \
            tell the rest, NAME in capitals with _ for - and dots; of two that are then alike, a-b and a.b, it is \
            the first. HEADCAST_ATTRIBUTES has all of them as an object of JSON, unless that is beyond 128 KiB. What \
            it prints comes out as it is; that it fails is reported on standard error. What --show-gaps and \
            --show-duplicates tell is text there; --output json tells of them on standard output, an object each, \
            among what the commands print.

            With --respond every message is answered to a recorder: with its own payload, or with what --exec prints, \
            if that ends with status 0, byte for byte and without printing it. One that says something else than the \
            others is told so on standard error. What the recorder cannot take now is sent again until it does; at \
            the end for 10 seconds. A raw message has no id and cannot be answered. The exit status is 1 if a message \
            has no answer that the recorder took.

            As text it says at its end, on standard error, how much was dropped and why, if anything was.

            SIGTERM or Ctrl-C ends it once all that was received is done, a second one at once.

            EXAMPLES
              headcast subscribe --listen 127.0.1.1:12000
              headcast subscribe --listen '[::]:12000' --output json > received.jsonl
              headcast subscribe --listen '[::]:12000' --output json --ordered \\
                --gap-wait 250ms --show-gaps
              headcast subscribe --listen '[::]:12000' --parallel 4 \\
                --exec './import "$HEADCAST_ID"'
              headcast subscribe --listen '[::]:12000' --exec ./total \\
                --respond http://127.0.0.1:8090 --key total
            """
    )

    @Option(
        help: ArgumentHelp("Where to receive; port 0 takes a free one.", valueName: "address:port"),
        transform: FlagValue.endpoint(like: 12_000)
    )
    var listen: Endpoint

    @Option(help: "How a message is printed: text or json.")
    var output = MessageOutput.text

    @Flag(help: "Enveloped topics: in order of sequence, waiting for what is missing, instead of as messages arrive.")
    var ordered = false

    @Option(
        help: ArgumentHelp(
            "Enveloped topics: how long a datagram stays missing before it is lost, after the time in which copies come. "
                + "(default: 50ms)",
            valueName: "duration"),
        transform: FlagValue.duration)
    var gapWait = Duration.milliseconds(50)

    @Flag(
        help: ArgumentHelp(
            "Tell of what was missed, too: overflow; of enveloped topics gaps, incomplete messages, and further "
                + "streams: each gateway has one, and another when it begins anew."))
    var showGaps = false

    @Flag(help: "Tell of duplicates that were dropped, too.")
    var showDuplicates = false

    @Option(help: ArgumentHelp("Run this for every message instead of printing it.", valueName: "command"))
    var exec: String?

    @Option(
        help: ArgumentHelp(
            "How many commands may run at a time, 1 to 64; more than one at a time end in any order, and their output "
                + "may mix.",
            valueName: "count"))
    var parallel = 1

    @Option(
        help: ArgumentHelp(
            "Answer every message to the recorder there: http://HOST:PORT, https://HOST or HOST:PORT.",
            valueName: "url"),
        transform: { text in try FlagValue.read(text, GatewayAddress.serverURL) })
    var respond: String?

    @Option(
        help: ArgumentHelp(
            "Which state the answers are about, 1 to 256 bytes. (default: \(Self.usualKey))", valueName: "key"))
    var key: String?

    @Option(
        help: ArgumentHelp("Who answers, 1 to 256 bytes. (default: name of the pod or host)", valueName: "name"))
    var responder: String?

    private static let usualKey = "state"

    func validate() throws {
        guard (1...64).contains(parallel) else { throw ValidationError("--parallel is \(parallel); expected 1 to 64") }
        guard exec != nil || parallel == 1 else { throw ValidationError("--parallel goes with --exec") }
        guard exec.map({ !$0.isEmpty }) ?? true else { throw ValidationError("--exec is empty; expected a command") }
        guard respond != nil || key == nil && responder == nil else {
            throw ValidationError("--\(key == nil ? "responder" : "key") goes with --respond")
        }
        for (flag, label) in [("key", key), ("responder", responder)] {
            guard let bytes = label?.utf8.count, !(1...256).contains(bytes) else { continue }
            throw ValidationError("--\(flag) has \(bytes) bytes; expected 1 to 256")
        }
        guard respond.map(Responder.isURL) ?? true else {
            throw ValidationError("--respond: \(ResponderError.url(respond ?? ""))")
        }
        guard !ordered || parallel == 1 else {
            throw ValidationError(
                "--parallel \(parallel) would run commands out of order; with --ordered one runs at a time")
        }
    }

    func run() async throws {
        let answering = try answering()
        let subscription = try subscription()
        let signals = try StopSignals()
        let stopping = atSignal(signals.descriptor) {
            answering?.beginEnd()
            subscription.cancel()
        }
        defer { stopping.cancel() }
        StandardError.print("listening on \(subscription.endpoint)")
        let text = EventText(showsGaps: showGaps, showsDuplicates: showDuplicates)
        // A command need not read what it is given, and answers outlive a reader of standard output.
        if exec != nil || respond != nil { signal(SIGPIPE, SIG_IGN) }
        let receiving = Receiving(
            output: output, text: text,
            commands: exec.map { Commands($0, parallel: parallel, answering: answering) }, answering: answering,
            isOrdered: ordered)
        try await receiving.run(subscription)
    }

    private func answering() throws -> Answering? {
        guard let respond else { return nil }
        do throws(ResponderError) {
            return try Answering(to: respond, as: responder, key: key ?? Self.usualKey)
        } catch {
            throw ProgramFailure(error.description)
        }
    }

    private func subscription() throws -> Subscription {
        var options = Subscription.Options()
        options.formats = Set(Message.Format.allCases)
        options.isOrdered = ordered
        options.gapWait = gapWait
        options.reportsDuplicates = showDuplicates
        do throws(SubscriptionError) {
            return try Subscription(listen: listen.description, options)
        } catch {
            throw ProgramFailure(error.description)
        }
    }

    /// Begins the end at the first signal; the second ends the program.
    private func atSignal(_ descriptor: Int32, _ beginEnd: @escaping @Sendable () -> Void) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: "signals"))
        source.setEventHandler {
            var number: UInt8 = 0
            guard Glibc.read(descriptor, &number, 1) == 1 else { return }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
            beginEnd()
        }
        source.resume()
        return source
    }
}

extension MessageOutput: ExpressibleByArgument {}
