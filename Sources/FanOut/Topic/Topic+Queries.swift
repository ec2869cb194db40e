import Clocks
import Datagrams
import Endpoints
import Glibc

/// One subscriber as status shows it.
package struct SubscriberView: Sendable {
    package var endpoint: Endpoint
    /// The pod's name, where the source tells it.
    package var name: String?
    package var state: SubscriberState
    /// When it came into this state.
    package var since: Timestamp
    /// Messages of which the kernel took at least one whole copy for it.
    package var sent: UInt64
    /// Messages of which it took none.
    package var failed: UInt64
    /// The last error that belonged to it, also one that ICMP reported after a send.
    package var lastError: String?
    package var lastErrorAt: Timestamp?
}

/// What became of one message for one subscriber.
package struct EndpointOutcome: Equatable, Sendable {
    package var endpoint: Endpoint
    package var name: String?
    /// Copies the kernel took for it; nil when only that some failed about then is still known.
    package var copiesSent: Int?
    /// Why the last copy that failed was not taken; nil when every one was.
    package var error: String?
}

/// When one endpoint was a subscriber of one topic, and what failed for it then.
package struct EndpointHistory {
    struct Stay {
        let row: SubscriberRow
        /// The first datagram not meant for it.
        let leftNumber: UInt64
        /// How far further copies had come when it left, or have now.
        let cursors: CopyCursors
    }

    let stays: [Stay]
}

extension Topic {
    package var subscriberCount: Int { roster.count }

    /// The subscribers `range` of all, in the order in which they joined.
    package func subscribers(_ range: Range<Int>, at now: Instant) -> [SubscriberView] {
        roster.rows[range.clamped(to: 0..<roster.count)].map { row in
            let (state, since) = row.state(at: now, newest: head - 1)
            let meant = settledSequence + 1 - min(row.joinedSequence, settledSequence + 1)
            return SubscriberView(
                endpoint: row.member.endpoint, name: row.member.name, state: state, since: since,
                sent: meant - row.failedMessages, failed: row.failedMessages,
                lastError: row.lastError?.description, lastErrorAt: row.lastError?.at)
        }
    }

    /// What became of a message for each subscriber it was meant for; nil when not all their rows are kept any more.
    package func outcomes(of entry: LedgerEntry) -> [EndpointOutcome]? {
        let number = entry.numbers.lowerBound
        guard number >= roster.completeFrom else { return nil }
        guard entry.isSettled else { return [] }
        let former = roster.former.filter { $0.row.joinedNumber <= number && number < $0.leftNumber }.map {
            outcome(of: entry, for: $0.row, cursors: $0.cursors)
        }
        let present = roster.rows.filter { $0.joinedNumber <= number }.map {
            outcome(of: entry, for: $0, cursors: cursors)
        }
        return former + present
    }

    /// Everything known of `endpoint`, found once for questions about many messages; nil if it never was a subscriber.
    package func history(of endpoint: Endpoint) -> EndpointHistory? {
        let present = roster.rows.filter { $0.member.endpoint == endpoint }.map {
            EndpointHistory.Stay(row: $0, leftNumber: .max, cursors: cursors)
        }
        let former = roster.former.filter { $0.row.member.endpoint == endpoint }.map {
            EndpointHistory.Stay(row: $0.row, leftNumber: $0.leftNumber, cursors: $0.cursors)
        }
        return present.isEmpty && former.isEmpty ? nil : EndpointHistory(stays: present + former)
    }

    /// Whether a message that has been sent was meant for the endpoint of `history`.
    package func wasMeant(_ entry: LedgerEntry, for history: EndpointHistory) -> Bool {
        entry.isSettled && stay(of: history, at: entry.numbers.lowerBound) != nil
    }

    private func stay(of history: EndpointHistory, at number: UInt64) -> EndpointHistory.Stay? {
        history.stays.first { $0.row.joinedNumber <= number && number < $0.leftNumber }
    }

    /// Whether no copy of a message was taken for the endpoint of `history`; nil when it was not meant for it, or when
    /// that is no longer known.
    package func hasFailed(_ entry: LedgerEntry, for history: EndpointHistory) -> Bool? {
        guard entry.isSettled, let stay = stay(of: history, at: entry.numbers.lowerBound) else { return nil }
        guard entry.failed > 0 else { return false }
        return outcome(of: entry, for: stay.row, cursors: stay.cursors).copiesSent.map { $0 == 0 }
    }

    /// Notes what the kernel reported of a datagram sent earlier. It says something of the subscriber and nothing of a
    /// message, since reports are rate-limited and name no datagram.
    package func note(_ report: SocketReport, at now: Moment) {
        guard report.endpoint.port == 0, let mtu = report.mtu else {
            roster.note(report.code, about: report.endpoint, mtu: report.mtu, at: now)
            return
        }
        // Over IPv4 the kernel names no port with an MTU (ip_local_error takes a connected socket's).
        for row in roster.rows
        where row.member.endpoint.address == report.endpoint.address && row.lastError?.code == report.code {
            roster.note(report.code, about: row.member.endpoint, mtu: mtu, at: now)
        }
    }

    /// Notes that `addresses` do not answer on this network: their subscribers get a socket apart until they do.
    package func noteUnreachable(_ addresses: Set<IPAddress>, at now: Moment) {
        for row in roster.rows where addresses.contains(row.member.endpoint.address) {
            roster.note(EHOSTUNREACH, about: row.member.endpoint, at: now)
        }
    }

    /// The subscribers that something began, or ceased, to speak against since this was last asked, oldest first.
    ///
    /// Trouble at most every 10 s for each subscriber, and its end once.
    package func takeTroubles(at now: Instant) -> [SubscriberTrouble] {
        roster.takeTroubles(newest: head - 1, at: now)
    }

    /// Whether something waits to be taken.
    package var hasTroubles: Bool { roster.troubles.areWaiting }

    /// Whether something may be told once time has passed.
    package var watchesTroubles: Bool { roster.troubles.areWatched }

    private func outcome(of entry: LedgerEntry, for row: SubscriberRow, cursors: CopyCursors) -> EndpointOutcome {
        var outcome = EndpointOutcome(endpoint: row.member.endpoint, name: row.member.name)
        guard let failures = row.failures.touching(entry.numbers),
            let overtaken = overruns.touching(entry.numbers)
        else {
            outcome.error = "some messages about then failed; which ones is no longer kept"
            return outcome
        }
        let last = entry.numbers.upperBound - 1
        let made = (0..<entry.copies).filter { copy in
            copy == 0 || !cursors.isPending(spacing: entry.spacing, copy: copy, number: last)
        }
        let missed = Set(failures.map(\.copy)).union(overtaken.map(\.copy).filter { made.contains($0) })
        outcome.copiesSent = made.count { !missed.contains($0) }
        if let failure = failures.last {
            // What else is known of this error, its MTU, comes from the row; the size is the message's own.
            var error = row.lastError?.code == failure.code ? row.lastError : nil
            if error?.byteCount != nil { error?.byteCount = entry.payloadBytes }
            outcome.error = error?.description ?? SubscriberError.text(failure.code)
        } else if !missed.isEmpty {
            outcome.error = SubscriberError.text(FailureRanges.overrun)
        }
        return outcome
    }
}
