import Clocks

extension Topic {
    /// Counts what `flight` did and moves on behind it.
    func land(_ flight: Flight, at now: Moment) {
        self.flight = nil
        lastSend = now.instant
        roster.noteSend(at: now)
        if flight.copy == 0 {
            if writer != nil, roster.count > 0 { heartbeats.noteSend(from: head, at: now.instant) }
            for number in flight.run.first..<flight.run.end { settleFirst(number) }
            head = flight.run.end
        } else {
            if writer != nil, roster.count > 0 { heartbeats.noteCopy(at: now.instant) }
            for number in flight.run.first..<flight.run.end { settleFurther(number, flight) }
            cursors.advance(spacing: flight.spacing, copy: flight.copy, to: flight.run.end)
        }
        roster.forgetFailing(before: unsettled)
    }

    private func settleFirst(_ number: UInt64) {
        let count = roster.count
        forEachMessage(endingIn: number) { position, numbers in
            let failed = roster.settleFirst(numbers)
            counters.copiesSent += UInt64(count - failed)
            counters.copiesFailed += UInt64(failed)
            ledger.update(position) {
                $0.isSettled = true
                $0.revision = adopted.revision
                $0.stale = adopted.stale
                $0.subscribers = count
                $0.failed = failed
                $0.copiesSent = count - failed
            }
        }
        settledSequence += UInt64(log[number].ended)
    }

    private func settleFurther(_ number: UInt64, _ flight: Flight) {
        let count = roster.count(joinedBy: number)
        forEachMessage(endingIn: number) { position, numbers in
            var result = roster.settleFurther(numbers, copy: flight.copy, count: count, overruns: overruns)
            // Its first datagrams were overtaken in the log, this last one was not.
            if overruns.contains(numbers, copy: flight.copy) { result = (count, 0) }
            counters.copiesSent += UInt64(count - result.failed)
            counters.copiesFailed += UInt64(result.failed)
            ledger.update(position) {
                $0.failed -= result.recovered
                $0.copiesSent += count - result.failed
            }
        }
    }

    /// Visits the messages that end in datagram `number`, newest first.
    ///
    /// Those the ledger has forgotten are counted like the others, by the datagram they end in, at position 0.
    private func forEachMessage(
        endingIn number: UInt64, _ body: (_ position: UInt64, _ numbers: Range<UInt64>) -> Void
    ) {
        let entry = log[number]
        var next: UInt64? = entry.message
        for _ in 0..<entry.ended {
            let position = next ?? 0
            let message = ledger.unfinished(position)
            body(position, message?.numbers ?? number..<number + 1)
            next = message?.previous
        }
    }
}
