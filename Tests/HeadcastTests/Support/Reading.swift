import Clocks
import Endpoints

@testable import Headcast

/// A reader with a clock of its own, in milliseconds, that tells in short words what comes out.
final class Reading {
    var reader: DatagramReader
    /// On both clocks.
    var now = 10_000

    init(_ change: (inout Subscription.Options) -> Void = { _ in }) {
        var options = Subscription.Options()
        change(&options)
        reader = DatagramReader(options)
    }

    var moment: Moment {
        Moment(
            instant: Instant(nanoseconds: Int64(now) * 1_000_000),
            timestamp: Timestamp(nanoseconds: Int64(now) * 1_000_000))
    }

    var counters: Subscription.Counters { reader.counters }

    /// Takes datagrams, all now; tells what came of it.
    @discardableResult
    func read(_ datagrams: [UInt8]...) -> [String] { read(datagrams) }

    @discardableResult
    func read(_ datagrams: [[UInt8]]) -> [String] { events(of: datagrams).map(\.word) }

    /// Lets time pass, and tells what came of it.
    @discardableResult
    func wait(_ milliseconds: Int) -> [String] { eventsAfter(milliseconds).map(\.word) }

    func events(of datagrams: [[UInt8]]) -> [Subscription.Event] {
        var events: [Subscription.Event] = []
        for bytes in datagrams {
            reader.read(bytes.span.bytes, from: Endpoint(address: .loopback, port: 9), at: moment, to: &events)
        }
        return events
    }

    func messages(of datagrams: [[UInt8]]) -> [Message] {
        events(of: datagrams).compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    func eventsAfter(_ milliseconds: Int) -> [Subscription.Event] {
        var events: [Subscription.Event] = []
        now += milliseconds
        reader.advance(to: moment, to: &events)
        return events
    }

    /// How long until something is given up, in milliseconds.
    var wait: Int? { reader.nextDeadline.map { Int($0.nanoseconds / 1_000_000) - now } }
}

extension Subscription.Event {
    /// A message is its sequence, anything else a short word.
    var word: String {
        switch self {
        case .message(let message): "\(message.sequence)"
        case .gap(let gap): "gap \(gap.numbers.lowerBound)-\(gap.numbers.upperBound)"
        case .incomplete(let incomplete): "incomplete \(incomplete.sequence) \(incomplete.reason)"
        case .epochChange(let change): "epoch \(change.stream.epoch) after \(change.previous.epoch)"
        case .duplicate(let duplicate):
            switch duplicate.subject {
            case .datagram(let number): "copy of \(number)"
            case .message(let id, _): "repeat of \(id.bits)"
            case .event(let id, let source): "repeat of \(id) of \(source)"
            }
        case .overflow(let overflow): "overflow \(overflow.messages) \(overflow.events)"
        case .kernelDrops(let count): "kernel \(count)"
        }
    }
}
