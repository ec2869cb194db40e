import Clocks
import Glibc
import JSON
import Requesting
import Service

/// The work of one `headcast publish`: message after message, and what is told of it.
struct Publishing {
    let client: GatewayClient
    /// One, or several for one message.
    let topics: [String]
    let options: PublishRequestOptions
    /// How long one message is tried again.
    let retry: Duration
    let output: OutputFormat

    /// Once it is readable, the work ends.
    var stop: Int32?

    private var account = PublishAccount()
    private var hasToldRetry = false

    init(
        client: GatewayClient, topics: [String], options: PublishRequestOptions, retry: Duration, output: OutputFormat
    ) {
        self.client = client
        self.topics = topics
        self.options = options
        self.retry = retry
        self.output = output
    }

    /// What the program ends with; nil for success.
    var exitStatus: Int32? { isRefused ? 1 : account.incomplete > 0 ? 2 : nil }

    private var isRefused: Bool { account.failed > 0 }

    /// Publishes one message to every topic and tells what became of it.
    mutating func publish(_ payload: [UInt8]) throws {
        let (client, topics, options) = (client, topics, options)
        let outcomes = try take(topics.count) { indices in
            if indices.count == 1 { return [client.publish(payload, to: topics[indices[0]], options)] }
            return client.publish(payload, to: indices.map { topics[$0] }, options)
        }
        // That nobody answered is said once, however many topics it concerns.
        var told: Set<String> = []
        for (index, outcome) in outcomes.enumerated() {
            let text = text(of: outcome, at: index)
            if case .taken = outcome {
                if output == .text { try StandardOutput.write(Array((text.visible + "\n").utf8)) }
            } else if told.insert(text).inserted {
                StandardError.print(text)
            }
            if let hint = outcome.hint(gateway: client.url) { StandardError.print(hint) }
        }
    }

    /// The outcome in a line; of several topics a refusal says which it concerns.
    private func text(of outcome: PublishOutcome, at index: Int) -> String {
        let text = outcome.text(gateway: client.url)
        if case .refused = outcome, topics.count > 1 { return "topic \(topics[index]): \(text)" }
        return text
    }

    /// Publishes line after line until the end, until one is refused, or until a signal.
    ///
    /// However it ends, it says how many were published.
    mutating func publishLines(_ lines: consuming LineReader) throws {
        var progress = ProgressLine(isShown: isatty(STDERR_FILENO) == 1 && output == .text, startedAt: .now)
        var firstIncomplete: PublishOutcome?
        do {
            while !isStopped, let batch = try lines.nextBatch() {
                let before = account.count
                let outcomes = try publish(batch)
                guard !isRefused else {
                    progress.end()
                    return tellRefusal(of: outcomes, after: before)
                }
                firstIncomplete = firstIncomplete ?? outcomes.first { !$0.isSentToAll }
                progress.show(account.count, at: .now)
            }
        } catch {
            progress.end()
            throw ProgramFailure("\(error)", hint: account.text)
        }
        progress.end()
        if let firstIncomplete {
            StandardError.print(
                "\(account.incomplete.grouped) of \(Wording.count(account.count, "message")) "
                    + "\(account.incomplete == 1 ? "was" : "were") not sent to every subscriber; "
                    + "the first: " + firstIncomplete.text(gateway: client.url))
            if let hint = firstIncomplete.hint(gateway: client.url) { StandardError.print(hint) }
        }
        guard output == .text else { return }
        try StandardOutput.write(
            Array((account.summary(of: topics[0], after: progress.elapsed(at: .now)).visible + "\n").utf8))
    }

    /// Publishes lines that were there together as a batch, a single one, too, so that flags mean the same for it.
    ///
    /// Lines that are too long for one batch make several; one that is too long for any is published by itself.
    private mutating func publish(_ lines: [[UInt8]]) throws -> [PublishOutcome] {
        let (client, topic, options) = (client, topics[0], options)
        return try take(lines.count) { indices in
            var outcomes: [PublishOutcome] = []
            while outcomes.count < indices.count {
                var batch = BatchBody(contentType: options.contentType)
                for index in indices[outcomes.count...] { guard batch.add(lines[index]) else { break } }
                guard batch.isTooLong else {
                    outcomes += client.publish(batch, to: topic, options)
                    continue
                }
                outcomes.append(client.publish(lines[indices[outcomes.count]], to: topic, options))
            }
            return outcomes
        }
    }

    /// Says which line was refused first.
    private func tellRefusal(of outcomes: [PublishOutcome], after count: Int) {
        guard let index = outcomes.firstIndex(where: { if case .taken = $0 { false } else { true } }) else { return }
        let outcome = outcomes[index]
        let cause = isStopped ? "stopped while line" : "line"
        let text = isStopped ? " was under way" : ": \(outcome.text(gateway: client.url))"
        let hint = outcome.hint(gateway: client.url).map { [$0] } ?? []
        StandardError.print(["\(cause) \(Amount(count + index + 1))\(text)"] + hint + [account.text])
    }

    /// Sends `count` messages, those again that may be taken later, and counts what became of them.
    ///
    /// - Parameter send: sends those of these indices and tells what became of each.
    private mutating func take(_ count: Int, _ send: ([Int]) -> [PublishOutcome]) throws -> [PublishOutcome] {
        let period = RetryPeriod(until: .now + retry)
        var outcomes = send(Array(0..<count))
        while let wanted = outcomes.lazy.compactMap(\.retryAfter).max(), !isStopped,
            let pause = period.pause(wanted, at: .now)
        {
            let again = outcomes.indices.filter { outcomes[$0].retryAfter != nil }
            tellRetry(after: outcomes[again[0]], at: again[0])
            wait(for: pause)
            for (index, outcome) in zip(again, send(again)) { outcomes[index] = outcome }
        }
        for (index, outcome) in outcomes.enumerated() {
            if case .taken(let receipt, _) = outcome {
                account.record(receipt)
            } else {
                account.recordFailure()
            }
            if output == .json { try write(outcome, at: index) }
        }
        return outcomes
    }

    /// Writes the receipt or the error as it came, the error with the topic if it is one of several.
    private func write(_ outcome: PublishOutcome, at index: Int) throws {
        switch outcome {
        case .refused(_, let answer) where topics.count > 1:
            var json = JSONWriter(reserving: 64 + answer.body.count)
            json.object {
                $0.field("topic", topics[index])
                $0.members(of: Array(answer.body.drop { $0 != UInt8(ascii: "{") }))
            }
            json.newline()
            try StandardOutput.write(json.bytes)
        case .taken(_, let answer), .refused(_, let answer): try StandardOutput.write(answer.body)
        case .strange, .unanswered: break
        }
    }

    /// Says once why nothing happens for a while.
    private mutating func tellRetry(after outcome: PublishOutcome, at index: Int) {
        guard !hasToldRetry else { return }
        hasToldRetry = true
        StandardError.print("\(text(of: outcome, at: index)); trying again for \(retry.text)")
    }

    /// Waits, but no longer than until a signal.
    private func wait(for pause: Duration) {
        var descriptor = pollfd(fd: stop ?? -1, events: Int16(POLLIN), revents: 0)
        // Rounded up, lest the end of the period find it awake too early.
        poll(&descriptor, 1, Int32(clamping: (pause.nanoseconds + 999_999) / 1_000_000))
    }

    /// Whether a signal came.
    private var isStopped: Bool {
        guard let stop else { return false }
        var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }
}
