import Clocks
import EventLoop
import Foundation
import Glibc
import Testing

struct InboxTests {
    private func isReadable(_ inbox: Inbox<some Sendable>) -> Bool {
        var poll = pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }

    @Test func `an inbox is empty at first`() throws {
        let inbox = try Inbox<Int>()
        #expect(!isReadable(inbox))
        #expect(inbox.take() == [])
    }

    @Test func `messages are taken once, oldest first`() throws {
        let inbox = try Inbox<Int>()
        for number in 1...3 { inbox.send(number) }
        #expect(inbox.take() == [1, 2, 3])
        #expect(inbox.take() == [])
    }

    @Test func `whoever waits gets what is sent later`() throws {
        let inbox = try Inbox<Int>()
        Thread.detachNewThread { inbox.send(1) }
        #expect(inbox.wait() == [1])
        inbox.send(2)
        inbox.send(3)
        #expect(inbox.wait() == [2, 3])
    }

    @Test func `an inbox is readable while messages wait`() throws {
        let inbox = try Inbox<Int>()
        for _ in 0..<3 {
            inbox.send(1)
            inbox.send(2)
            #expect(isReadable(inbox))
            _ = inbox.take()
            #expect(!isReadable(inbox))
        }
    }

    @Test func `messages that nobody took are let go with the inbox`() throws {
        final class Message: Sendable {}
        weak var message: Message?
        do {
            let inbox = try Inbox<Message>()
            let sent = Message()
            message = sent
            inbox.send(sent)
        }
        #expect(message == nil)
    }

    @Test func `every message of several threads wakes the loop and arrives in its sender's order`() throws {
        let inbox = try Inbox<(sender: Int, number: Int)>()
        let senders = 6
        let count = 5_000
        for sender in 0..<senders {
            Thread.detachNewThread {
                for number in 0..<count { inbox.send((sender, number)) }
            }
        }
        var epoll = try Epoll()
        try epoll.add(inbox.descriptor, .readable, token: 1)
        var next = Array(repeating: 0, count: senders)
        var disorders = 0
        let deadline = Instant.now + .seconds(60)
        while next.reduce(0, +) < senders * count, Instant.now < deadline {
            // A lost wake-up would leave the loop asleep until the deadline.
            _ = epoll.wait(until: deadline, at: .now)
            for message in inbox.take() {
                if message.number != next[message.sender] { disorders += 1 }
                next[message.sender] += 1
            }
        }
        #expect(next == Array(repeating: count, count: senders))
        #expect(disorders == 0)
        #expect(Instant.now < deadline)
    }
}
