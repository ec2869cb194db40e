import Headcast
import Service

/// The work of one `headcast subscribe`: event after event until the subscription ends.
struct Receiving {
    let output: MessageOutput
    let text: EventText
    /// What runs for every message instead of printing it.
    let commands: Commands?
    /// Answers every message; what the commands print, where there are any.
    let answering: Answering?
    /// Whether the subscription keeps order.
    let isOrdered: Bool

    func run(_ subscription: Subscription) async throws {
        let messages: Int
        do {
            messages = try await receive(subscription)
        } catch {
            // Nobody reads any more; what was read until now is answered all the same.
            answering?.beginEnd()
            subscription.cancel()
            await commands?.finish()
            try? await answering?.finish()
            throw error
        }
        await commands?.finish()
        let account = ReceivingAccount(messages: messages, counters: subscription.counters, isOrdered: isOrdered)
        if output == .text, let text = account.text { StandardError.print(text) }
        try await answering?.finish()
    }

    /// Takes what comes until there is no more; gives the number of messages.
    private func receive(_ subscription: Subscription) async throws -> Int {
        var (messages, drops) = (0, 0)
        for await event in subscription.events {
            switch event {
            case .message(let message):
                messages += 1
                if let commands {
                    await commands.run(for: message)
                } else {
                    try StandardOutput.write(output.line(for: message))
                    await answering?.answer(
                        message, with: message.payload, contentType: message.attributes.contentType)
                }
            case .kernelDrops(let count):
                drops += count
                let datagrams = Wording.count(count, "datagram")
                StandardError.print("\(datagrams) dropped by the kernel, \(drops.grouped) in all")
                try show(event)
            case .overflow:
                StandardError.print(EventText.text(for: event) ?? "")
                if output == .json { try show(event) }
            default: try show(event)
            }
        }
        return messages
    }

    /// Tells of what is no message, if that was asked for: JSON among the messages, text apart from them.
    private func show(_ event: Subscription.Event) throws {
        guard text.shows(event) else { return }
        switch output {
        case .json:
            if let line = EventText.jsonLine(for: event) { try StandardOutput.write(line) }
        case .text:
            if case .kernelDrops = event { return }
            if let line = EventText.text(for: event) { StandardError.print(line) }
        }
    }
}
