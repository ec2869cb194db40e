import Datagrams

/// The subscribers that one sendmmsg(2) can serve: same socket, same way of sending runs.
///
/// Entries stand in the order in which they joined, so those meant for an older datagram are the first few.
final class SendGroup {
    /// Index of the socket in ``Sender``.
    let socket: Int
    /// Whether a run of several datagrams goes out as one send.
    let takesRuns: Bool
    /// Index of each entry's row in the roster.
    let rows: [Int]
    let batch: SendBatch
    private let joined: [UInt64]

    init(socket: Int, takesRuns: Bool, rows: [Int], in roster: [SubscriberRow], family: Int32) {
        self.socket = socket
        self.takesRuns = takesRuns
        self.rows = rows
        joined = rows.map { roster[$0].joinedNumber }
        batch = SendBatch(rows.map { roster[$0].member.endpoint }, family: family)
    }

    /// The entries from `first` on of which each had joined by `number`, or, beyond those, that joined with the first
    /// of them; and the number from which on something was meant for all of them, `number` at least.
    func stretch(from first: Int, recent number: UInt64) -> (entries: Range<Int>, number: UInt64) {
        let known = max(number, joined[first])
        return (first..<max(first + 1, count(joinedBy: known)), known)
    }

    /// How many entries, from the first, had joined when datagram `number` was numbered.
    func count(joinedBy number: UInt64) -> Int {
        if let last = joined.last, last <= number { return joined.count }
        var low = 0
        var high = joined.count
        while low < high {
            let middle = (low + high) / 2
            if joined[middle] <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
