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
    let output: OutputFormat

    /// Once it is readable, the work ends.
    var stop: Int32?

    private var account = PublishAccount()
    private var hasToldRetry = false

    init(
        client: GatewayClient, topic: String, options: GatewayClient.PublishOptions, retry: Duration,
        output: OutputFormat
    ) {
        self.client = client
        self.topic = topic
        self.options = options
        self.retry = retry
        self.output = output
    }

    /// What the program ends with; nil for success.
    var exitStatus: Int32? { isRefused ? 1 : account.incomplete > 0 ? 2 : nil }

    private var isRefused: Bool { account.failed > 0 }

    /// Publishes one message and tells what became of it.
    mutating func publish(_ payload: [UInt8]) throws {
        let outcome = try take(payload)
        switch outcome {
        case .taken:
            if output == .text {
                try StandardOutput.write(Array((outcome.text(gateway: client.url).visible + "\n").utf8))
            }
        default:
            StandardError.print(outcome.text(gateway: client.url))
        }
        if let hint = outcome.hint(gateway: client.url) { StandardError.print(hint) }
    }

    /// Publishes line after line until the end, until one is refused, or until a signal.
    ///
    /// However it ends, it says how many were published.
    mutating func publishLines(_ lines: consuming LineReader) throws {
        var progress = ProgressLine(isShown: isatty(STDERR_FILENO) == 1 && output == .text, startedAt: .now)
        var firstIncomplete: PublishOutcome?
        do {
            while !isStopped, let line = try lines.next() {
                let outcome = try take(line)
                guard !isRefused else {
                    progress.end()
                    let cause = isStopped ? "stopped while line" : "line"
                    let text = isStopped ? " was under way" : ": \(outcome.text(gateway: client.url))"
                    let hint = outcome.hint(gateway: client.url).map { [$0] } ?? []
                    StandardError.print(["\(cause) \(Amount(account.count))\(text)"] + hint + [account.text])
                    return
                }
                if !outcome.isSentToAll, firstIncomplete == nil { firstIncomplete = outcome }
                progress.show(account.count, at: .now)
            }
        } catch {
            progress.end()
            throw ProgramFailure("\(error)", hint: account.text)
        }
        progress.end()
        if let firstIncomplete {
            StandardError.print(
                "\(Amount(account.incomplete)) of \(Amount(account.count)) messages were not sent to every subscriber; "
                    + "the first: " + firstIncomplete.text(gateway: client.url))
            if let hint = firstIncomplete.hint(gateway: client.url) { StandardError.print(hint) }
        }
        guard output == .text else { return }
        try StandardOutput.write(
            Array((account.summary(of: topic, after: progress.elapsed(at: .now)).visible + "\n").utf8))
    }

    /// Publishes one message, again and again while that helps, and counts it.
    private mutating func take(_ payload: [UInt8]) throws -> PublishOutcome {
        let deadline = Instant.now + retry
        var outcome = client.publish(payload, to: topic, options)
        while let pause = outcome.retryAfter, Instant.now + pause <= deadline, !isStopped {
            tellRetry(after: outcome)
            wait(for: pause)
            outcome = client.publish(payload, to: topic, options)
        }
        if case .taken = outcome { account.record(isSentToAll: outcome.isSentToAll) } else { account.recordFailure() }
        switch outcome {
        case .taken(_, let answer), .refused(_, let answer):
            if output == .json { try StandardOutput.write(answer.body) }
        default: break
        }
        return outcome
    }

    /// Says once why nothing happens for a while.
    private mutating func tellRetry(after outcome: PublishOutcome) {
        guard !hasToldRetry else { return }
        hasToldRetry = true
        StandardError.print("\(outcome.text(gateway: client.url)); trying again for \(retry.text)")
    }

    /// Waits, but no longer than until a signal.
    private func wait(for pause: Duration) {
        var descriptor = pollfd(fd: stop ?? -1, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, Int32(clamping: pause.nanoseconds / 1_000_000))
    }

    /// Whether a signal came.
    private var isStopped: Bool {
        guard let stop else { return false }
        var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }
}
