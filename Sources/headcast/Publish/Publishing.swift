import Clocks
import Glibc
import Requesting
import Service

/// The work of one `headcast publish`: message after message, and what is told of it.
struct Publishing {
    let client: GatewayClient
    let topic: String
    let options: GatewayClient.PublishOptions
    /// How long one message is tried again.
    let retry: Duration
    let output: PublishOutput

    private var count = 0
    private var incomplete = 0
    private var isRefused = false

    init(
        client: GatewayClient, topic: String, options: GatewayClient.PublishOptions, retry: Duration,
        output: PublishOutput
    ) {
        self.client = client
        self.topic = topic
        self.options = options
        self.retry = retry
        self.output = output
    }

    /// What the program ends with; nil for success.
    var exitStatus: Int32? { isRefused ? 1 : incomplete > 0 ? 2 : nil }

    /// Publishes one message and tells what became of it.
    mutating func publish(_ payload: [UInt8]) throws {
        let outcome = try take(payload)
        switch outcome {
        case .taken(let receipt, _):
            if output == .text {
                try StandardOutput.write(Array((outcome.text(gateway: client.url).visible + "\n").utf8))
            }
            if receipt.failed > 0 { StandardError.print(Self.hint(for: receipt)) }
        default:
            StandardError.print(outcome.text(gateway: client.url))
        }
    }

    /// Publishes line after line until the end, or until one is refused.
    mutating func publishLines(_ lines: consuming LineReader) throws {
        var progress = ProgressLine(isShown: isatty(STDERR_FILENO) == 1 && output == .text, startedAt: .now)
        var firstIncomplete: PublishOutcome?
        while let line = try lines.next() {
            let outcome = try take(line)
            guard !isRefused else {
                progress.end()
                let state = count == 1 ? "nothing was published" : "the \(Amount(count - 1)) before it were published"
                StandardError.print("line \(Amount(count)): \(outcome.text(gateway: client.url))", state)
                return
            }
            if !outcome.isSentToAll, firstIncomplete == nil { firstIncomplete = outcome }
            progress.show(count, at: .now)
        }
        progress.end()
        if let firstIncomplete {
            StandardError.print(
                "\(Amount(incomplete)) of \(Amount(count)) messages were not sent to every subscriber; the first: "
                    + firstIncomplete.text(gateway: client.url))
        }
        guard output == .text else { return }
        let seconds = progress.elapsed(at: .now).seconds
        let rate = seconds > 0 ? Int(Double(count) / seconds) : count
        try StandardOutput.write(
            Array("published \(Amount(count)) messages to topic \(topic.visible), \(Amount(rate)) a second\n".utf8))
    }

    /// Publishes one message, again and again while that helps, and counts it.
    private mutating func take(_ payload: [UInt8]) throws -> PublishOutcome {
        let deadline = Instant.now + retry
        var outcome = client.publish(payload, to: topic, options)
        while let pause = outcome.retryAfter, Instant.now + pause <= deadline {
            usleep(UInt32(clamping: pause.nanoseconds / 1_000))
            outcome = client.publish(payload, to: topic, options)
        }
        count += 1
        switch outcome {
        case .taken(_, let answer), .refused(_, let answer):
            if output == .json { try StandardOutput.write(answer.body) }
        default: break
        }
        if case .taken = outcome { incomplete += outcome.isSentToAll ? 0 : 1 } else { isRefused = true }
        return outcome
    }

    private static func hint(for receipt: ReceiptDocument) -> String {
        "\(receipt.failed) of \(receipt.subscribers) subscribers were not sent it; "
            + "headcast status --message \(receipt.id) says which and why"
    }
}
