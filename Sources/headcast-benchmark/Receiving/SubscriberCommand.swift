import Endpoints
import Glibc
import Headcast
import Synchronization

/// What a child does that is a subscriber: takes messages from a subscription, one by one, and checks them.
enum SubscriberCommand {
    static let name = "subscriber"

    /// - Parameter arguments: how long payloads are.
    static func run(_ arguments: ArraySlice<String>) -> Never {
        guard let count = arguments.first.flatMap({ Int($0) }) else { exit(64) }
        do {
            let subscription = try Subscription(listen: "\(ReceiverPlan.address(0)):0")
            guard let endpoint = Endpoint(subscription.endpoint) else { exit(1) }
            let tally = ReceiverTally()
            let payload = Payload(count: count)
            Task.detached {
                for await message in subscription {
                    if payload.isIntact(message.payload.span.bytes) {
                        tally.deliveries.add(1, ordering: .relaxed)
                    } else {
                        tally.damaged.add(1, ordering: .relaxed)
                    }
                }
            }
            let line = Array(ListeningLine.text(endpoint).utf8)
            _ = write(STDOUT_FILENO, line, line.count)
            report(tally, grantedBytes: subscription.receiveBufferBytes)
        } catch {
            StandardError.print("\(error)")
            exit(1)
        }
    }

    private static func report(_ tally: ReceiverTally, grantedBytes: Int) -> Never {
        while true {
            var report = SubscriberReport(
                deliveries: UInt64(tally.deliveries.load(ordering: .acquiring)),
                damaged: UInt64(tally.damaged.load(ordering: .acquiring)), grantedBytes: UInt64(grantedBytes))
            guard write(Child.handedDescriptor, &report, MemoryLayout<SubscriberReport>.size) > 0 else { exit(0) }
            usleep(2_000)
        }
    }
}
