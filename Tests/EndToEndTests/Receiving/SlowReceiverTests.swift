import Foundation
import Glibc
import Testing

/// Receivers that do not keep up.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct SlowReceiverTests {
    /// Far more than a receiver may hold, and less than what is published.
    private static let mostBytes = 120 << 20

    @Test(arguments: Receiver.Kind.allCases)
    func `a receiver whose messages are not taken says how many it dropped, and holds no more memory`(
        kind: Receiver.Kind
    ) async throws {
        let network = try Network.make(pods: 1)
        try network.carryDatagramsApart()
        let pipe = try Stage.current.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let taker = try Stage.current.start(["/bin/cat", pipe], name: "taker")
        let receiver = try await Receiver.start(kind, at: 0, of: network, pipe: (pipe, taker.standardOutput))
        let gateway = try await Gateway.start(topics: network.topic("orders"), in: network.gateway)
        let tap = try await Tap.start(on: network)
        taker.signal(SIGSTOP)
        let ledger = try await Publication.start(
            "130x1048576", to: [(gateway, "orders")], "--connections", "1", "--rate", "25"
        ).ledger()
        #expect(ledger.allSatisfy { $0.status == 201 })
        try await gateway.isQuiet()
        let peak = receiver.peakBytes
        taker.signal(SIGCONT)
        let stream = try #require(try await tap.streams().first)
        // On a busy machine the kernel drops some, too.
        func isAddingUp(_ received: Received) -> Bool {
            let whole = stream.sequences(without: received.lostNumbers).count
            return received.overflowed > 0 && received.messages.count + received.overflowed == whole
        }
        try await eventually("messages, gaps and overflow add up", within: .seconds(60), or: { "\(receiver)" }) {
            isAddingUp(receiver.received)
        }
        let received = try await receiver.end()
        Attachment.record("\(kind): \(peak >> 20) MiB, \(received.summary)\n", named: "slow.txt")
        #expect(isAddingUp(received), "\(receiver)")
        #expect(received.lost == received.kernelDrops && stream.drops == 0, "\(receiver)")
        #expect(Set(received.messages.map(\.digest)).isSubset(of: ledger.map(\.sha256)))
        #expect(Set(received.messages.map(\.id)).count == received.messages.count)
        #expect(peak > 0 && peak < Self.mostBytes, "\(peak >> 20) MiB")
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `a receiver that was stopped goes on, and tells what it missed`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        try network.carryDatagramsApart()
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network),
            try await Receiver.start(kind, at: 1, of: network, isOrdered: true),
        ]
        let gateway = try await Gateway.start(topics: network.topic("orders"), in: network.gateway)
        let tap = try await Tap.start(on: network)
        var ledger = try await Publication.start("50x200", to: [(gateway, "orders")]).ledger()
        for receiver in receivers {
            try await eventually("all are yielded", or: { "\(receiver)" }) {
                receiver.received.messages.count == 50
            }
            receiver.program.signal(SIGSTOP)
        }
        let stopped = ContinuousClock.now
        // Several times what the buffer of a socket holds.
        ledger += try await Publication.start("200x65536,200x200", to: [(gateway, "orders")], "--seed", "2").ledger()
        try await gateway.isQuiet()
        try await eventually("they were stopped for ten seconds", within: .seconds(20)) {
            ContinuousClock.now - stopped > .seconds(10)
        }
        for receiver in receivers {
            receiver.program.signal(SIGCONT)
            // By the next heartbeat, which comes after up to 30 s.
            try await eventually("it knows what it missed", within: .seconds(40), or: { "\(receiver)" }) {
                receiver.received.lost > 0
            }
        }
        ledger += try await Publication.start("50x200", to: [(gateway, "orders")], "--seed", "3").ledger()
        try await gateway.isQuiet()
        var agreement = Agreement(ledger, try await tap.streams())
        agreement.receiverMayLose = true
        for receiver in receivers {
            let stream = try #require(agreement.streams(to: receiver).first)
            try await eventually("its messages and gaps add up", or: { "\(receiver)" }) {
                let received = receiver.received
                let expected = stream.sequences(without: received.lostNumbers).count
                return received.lost > 0 && received.messages.count >= expected
            }
            let peak = receiver.peakBytes
            #expect(peak > 0 && peak < Self.mostBytes, "\(peak >> 20) MiB")
            let received = try await receiver.end()
            agreement.expect(received, from: receiver)
            Attachment.record("\(kind): \(received.summary)\n", named: "stopped.txt")
            #expect(received.kernelDrops > 0 && received.overflowed == 0, "\(receiver)")
            // Heartbeats may be among what the kernel dropped, and those that come after the tap has ended are not.
            #expect((0...20).contains(received.kernelDrops - received.lost), "\(receiver)")
            #expect(received.messages.suffix(50).allSatisfy { $0.bytes == 200 })
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `what expires while a receiver is stopped is not yielded, and is no gap`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 1)
        let receiver = try await Receiver.start(kind, at: 0, of: network)
        let gateway = try await Gateway.start(topics: network.topic("orders"), in: network.gateway)
        var ledger = try await Publication.start("1x200", to: [(gateway, "orders")]).ledger()
        try await eventually("the first is yielded", or: { "\(receiver)" }) { receiver.received.messages.count == 1 }
        receiver.program.signal(SIGSTOP)
        let expiring = try await Publication.start(
            "20x200", to: [(gateway, "orders?ttl=100ms")], "--seed", "2"
        ).ledger()
        #expect(expiring.allSatisfy { $0.status == 201 })
        let published = ContinuousClock.now
        try await eventually("all are past their time to live") { ContinuousClock.now - published > .milliseconds(100) }
        receiver.program.signal(SIGCONT)
        ledger += try await Publication.start("5x200", to: [(gateway, "orders")], "--seed", "3").ledger()
        let received = try await receiver.received(messages: 6)
        #expect(received.messages.map(\.id).sorted() == ledger.compactMap(\.id).sorted(), "\(receiver)")
        #expect(received.gaps == [], "\(receiver)")
        if kind == .python { #expect(receiver.counters["expired_messages"].int == 20, "\(receiver)") }
    }
}
