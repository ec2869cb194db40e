import Clocks
import Datagrams
import Glibc

extension Topic {
    /// How long a full socket is waited for while nothing at all leaves.
    static let patience: Duration = .seconds(1)
    /// How much work one step does, in payload bytes, before whoever waits for an answer gets a turn.
    static let sliceBytes = 2 << 20
    /// What one send costs besides its bytes, in the same unit.
    static let sendCost = 1_024

    /// Sends what is due, a slice of it at most.
    package func step(at now: Moment) -> Progress {
        var allowance = Self.sliceBytes
        while allowance > 0 {
            if let beat = beat ?? beginBeat(at: now) {
                self.beat = send(beat, allowance: &allowance)
                continue
            }
            guard let current = flight ?? takeOff(at: now) else { return .idle(until: nextDeadline) }
            flight = current
            if let blocked = fly(&allowance, at: now) { return blocked }
        }
        return .ready
    }

    private var nextDeadline: Instant? {
        let due = pacedUntil ?? cursors.earliest(in: log)?.due
        return [due, heartbeats.due].compactMap(\.self).min()
    }

    /// Starts the next flight that may start now: further copies that are due come before newer messages, one run each
    /// in turn, so that neither waits for long.
    private func takeOff(at now: Moment) -> Flight? {
        adoptMembership(at: now)
        // A copy that is due while the first one still waits in the log does not overtake it.
        let due = cursors.earliest(in: log).flatMap {
            $0.due <= now.instant && $0.cursor.number < head ? $0.cursor : nil
        }
        let hasNews = head < log.next || isOpen
        pacedUntil = nil
        guard hasNews || due != nil else { return nil }
        let flight: Flight
        if let due, !hasNews || flights % 2 == 0 {
            flight = furtherCopies(due, at: now.instant)
        } else {
            pacedUntil = closeOpenInTime(at: now.instant)
            guard pacedUntil == nil else { return nil }
            // Who waits to join does so before the next message.
            let isChanging = isMembershipPending
            let run = log.run(from: head, before: log.next, limits: limits) { !isChanging || $0.begins <= head }
            flight = Flight(run: run, copy: 0, spacing: .zero, rotation: flights)
        }
        pacedUntil = pace.delay(for: flight.run.byteCount, at: now.instant)
        guard pacedUntil == nil else { return nil }
        roster.regroup(for: sender, at: now.instant)
        pace.record(flight.run.byteCount, at: now.instant)
        flights += 1
        if flight.copy == 0 {
            tellCopies(in: flight.run, at: now.instant)
        } else if let due {
            promise.noteCopy(due: log[due.number].due(copy: due.copy), at: now.instant)
        }
        return flight
    }

    /// Numbers the open datagram if it can leave with the next run; not while the pace holds that back, so that it takes
    /// in what arrives meanwhile. Returns until when it does.
    private func closeOpenInTime(at now: Instant) -> Instant? {
        guard let open = writer?.open, log.next - head < UInt64(limits.datagrams) else { return nil }
        var byteCount = open.length
        if head < log.next {
            byteCount += log.run(from: head, before: log.next, limits: limits) { _ in true }.byteCount
        }
        if let until = pace.delay(for: min(byteCount, limits.bytes), at: now) { return until }
        closeOpen()
        return nil
    }

    private func furtherCopies(_ cursor: CopyCursors.Cursor, at now: Instant) -> Flight {
        let meant = roster.count(joinedBy: cursor.number)
        // A run must not reach a datagram that more subscribers are meant to get.
        let joined = meant < roster.count ? roster.rows[meant].joinedNumber : log.next
        let end = min(cursors.limit(of: cursor, firstCopies: head), joined)
        let run = log.run(from: cursor.number, before: end, limits: limits) {
            cursor.serves($0) && $0.due(copy: cursor.copy) <= now
        }
        return Flight(run: run, copy: cursor.copy, spacing: cursor.spacing, rotation: flights)
    }

    // MARK: One flight

    /// Takes the flight as far as the allowance and the sockets let it; nil when it landed or the allowance is used up.
    private func fly(_ allowance: inout Int, at now: Moment) -> Progress? {
        while allowance > 0, let flight {
            guard flight.group < roster.groups.count else {
                land(flight, at: now)
                return nil
            }
            let group = roster.groups[flight.group]
            let sendsWhole = group.takesRuns || flight.run.count == 1
            let entries = group.count(joinedBy: flight.run.first)
            guard flight.entry < entries else {
                self.flight?.nextSweep(of: entries == 0 || sendsWhole ? 1 : flight.run.count)
                continue
            }
            let piece = sendsWhole ? flight.run : flight.run.datagram(flight.datagram)
            if let blocked = sweep(piece, flight, group, entries, &allowance, at: now) { return blocked }
        }
        return nil
    }

    /// Makes one system call for `piece` to entries of `group`, and deals with what came of it.
    private func sweep(
        _ piece: Run, _ flight: Flight, _ group: SendGroup, _ entries: Int, _ allowance: inout Int, at now: Moment
    ) -> Progress? {
        let cost = piece.byteCount + Self.sendCost
        let first = (flight.entry + flight.rotation) % entries
        // The rotation splits the entries in two stretches: from `first` to the end, then from the start.
        let stretch = min(entries - flight.entry, entries - first)
        let count = min(stretch, SendBatch.maximumEntries, max(1, allowance / cost))
        let result = sender.send(piece, of: log.ring, to: first..<first + count, of: group)
        switch result {
        case .sent(let sent):
            self.flight?.pass(sent)
            self.flight?.deadline = nil
            allowance -= sent * cost
            tally(piece, sent: sent)
            return nil
        case .failed(let code):
            allowance -= Self.sendCost
            return refused(code, piece, group, entry: first, at: now)
        }
    }

    private func tally(_ piece: Run, sent: Int) {
        counters.datagramsSent += UInt64(piece.count * sent)
        counters.bytesSent += UInt64(piece.byteCount * sent)
    }

    /// Deals with the errno that the send to `entry` of `group` met: waits, tries again, sends apart, or notes a failure.
    private func refused(_ code: Int32, _ piece: Run, _ group: SendGroup, entry: Int, at now: Moment) -> Progress? {
        let row = group.rows[entry]
        switch code {
        case EINTR:
            return nil
        case EAGAIN, ENOBUFS:
            if group.socket == sender.socketIndex(of: .proven), let until = wait(for: code, at: now.instant) {
                // A congested link leaves the socket writable: only time tells when to try again.
                return code == EAGAIN ? .blocked(until: until) : .idle(until: until)
            }
        case EINVAL where piece.count > 1, EIO where piece.count > 1, EMSGSIZE where piece.count > 1:
            if shouldRetry(group.socket) { return nil }
            counters.runsRefused += 1
            sendApart(piece, group, entry: entry, at: now)
            roster.refuseRuns(row: row)
            flight?.pass(1)
            return nil
        default:
            break
        }
        if code != EAGAIN, code != ENOBUFS, shouldRetry(group.socket) { return nil }
        fail(piece, row: row, code: code, at: now)
        flight?.pass(1)
        return nil
    }

    /// A pending ICMP error fails the next send, whoever that is for: an errno is this entry's own only if it comes again
    /// after the error queue was drained.
    private func shouldRetry(_ socket: Int) -> Bool {
        let drained = sender.drain(socket)
        let tries = flight?.tries ?? 0
        flight?.tries = tries + 1
        return tries == 0 || (drained > 0 && tries < 2)
    }

    /// Until when to wait for the proven socket; nil when this flight has waited long enough.
    private func wait(for code: Int32, at now: Instant) -> Instant? {
        if code == ENOBUFS {
            // Dropped by the link's queue, whose having room again nothing tells.
            let deadline = flight?.congestionDeadline ?? now + Self.patience
            flight?.congestionDeadline = deadline
            return now < deadline ? min(deadline, now + .milliseconds(1)) : nil
        }
        let deadline = flight?.deadline ?? now + Self.patience
        flight?.deadline = deadline
        return now < deadline ? deadline : nil
    }

    /// Sends a run datagram by datagram to one entry whose kernel route does not take it whole.
    private func sendApart(_ run: Run, _ group: SendGroup, entry: Int, at now: Moment) {
        for index in 0..<run.count {
            let piece = run.datagram(index)
            var tries = 0
            var result = SendResult.failed(EINTR)
            while tries < 3 {
                result = sender.send(piece, of: log.ring, to: entry..<entry + 1, of: group)
                guard case .failed = result else { break }
                sender.drain(group.socket)
                tries += 1
            }
            switch result {
            case .sent: tally(piece, sent: 1)
            case .failed(let code): fail(piece, row: group.rows[entry], code: code, at: now)
            }
        }
    }

    private func fail(_ piece: Run, row: Int, code: Int32, at now: Moment) {
        roster.recordFailure(
            row: row, numbers: piece.first..<piece.end, copy: flight?.copy ?? 0, code: code, settled: unsettled,
            at: now)
        roster.note(
            code, about: roster.rows[row].member.endpoint, byteCount: piece.segment, at: now)
    }
}
