import Headcast
import Testing

/// What the documentation shows compiles and does what it says.
struct ExampleTests {
    /// The example of ``Subscription``.
    private func example(listen: String) async throws {
        let subscription = try Subscription(listen: listen)
        for await message in subscription {
            print(message.topic, message.sequence, String(decoding: message.payload, as: UTF8.self))
        }
    }

    /// The same with everything that happens.
    private func exampleOfEvents(listen: String) async throws {
        var options = Subscription.Options()
        options.isOrdered = true
        let subscription = try Subscription(listen: listen, options)
        for await event in subscription.events {
            switch event {
            case .message(let message): print(message.id, message.attributes.contentType ?? "-", message.payload.count)
            case .gap(let gap): print("missed \(gap.datagrams) datagrams of \(gap.stream)")
            case .overflow(let overflow): print("too slow for \(overflow.messages) messages")
            default: break
            }
        }
    }

    /// The example of ``Responder``, and what it does without messages.
    private func exampleOfResponses(listen: String) async throws {
        let responder = try Responder(to: "http://headcast-recorder:8090")
        for await message in try Subscription(listen: listen) {
            try await responder.respond(to: message, key: "total", payload: "7".utf8)
        }
        await responder.finish()
    }

    @Test func `the examples run until they are cancelled`() async throws {
        for example in [example, exampleOfEvents, exampleOfResponses] {
            let task = Task { try await example("127.0.0.1:0") }
            task.cancel()
            try await task.value
        }
    }
}
