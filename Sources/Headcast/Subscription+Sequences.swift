extension Subscription: AsyncSequence {
    public typealias Element = Message
    public typealias Failure = Never

    /// Yields messages and nothing else.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var events: Events.AsyncIterator

        init(_ subscription: Subscription) {
            events = Events.AsyncIterator(subscription)
        }

        /// The next message; nil when the subscription or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Message? {
            while let event = await events.next(isolation: actor) {
                if case .message(let message) = event { return message }
            }
            return nil
        }

        public mutating func next() async -> Message? { await next(isolation: nil) }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// Everything that happens, messages included, in order.
    public var events: Events { Events(subscription: self) }

    /// What happens to a subscription.
    public struct Events: AsyncSequence, Sendable {
        public typealias Element = Event
        public typealias Failure = Never

        let subscription: Subscription

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription) }

        public struct AsyncIterator: AsyncIteratorProtocol {
            private let subscription: Subscription
            /// What was taken from the queue and is not yielded yet, from `position` on.
            private var batch: [Event] = []
            private var position = 0

            init(_ subscription: Subscription) {
                self.subscription = subscription
            }

            /// The next event; nil when the subscription or the task is cancelled.
            public mutating func next(isolation actor: isolated (any Actor)?) async -> Event? {
                while true {
                    guard !Task.isCancelled else {
                        subscription.cancel()
                        return nil
                    }
                    while position < batch.count {
                        defer { position += 1 }
                        if let event = subscription.current(batch[position]) { return event }
                    }
                    guard let next = await subscription.nextBatch() else { return nil }
                    batch = next
                    position = 0
                }
            }

            public mutating func next() async -> Event? { await next(isolation: nil) }
        }
    }

    private func nextBatch() async -> [Event]? {
        await withTaskCancellationHandler {
            await queue.next()
        } onCancel: {
            cancel()
        }
    }

    /// The event; nil, and counted, if it is a message that expired while it waited.
    private func current(_ event: Event) -> Event? {
        guard case .message(let message) = event, message.expiresAt != nil, message.isExpired(at: .now) else {
            return event
        }
        queue.countExpired(message)
        return nil
    }
}
