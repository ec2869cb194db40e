import Clocks
import Wire

/// A heartbeat under way to the subscribers, resumable after every system call.
struct Beat {
    /// As they were when it began: a heartbeat waits for nobody.
    let groups: [SendGroup]
    /// It goes to those who joined at this number or later; 0 for all.
    let joinedFrom: UInt64
    /// The first datagram it speaks of, for those who had joined by then.
    let recent: UInt64
    /// The first datagram that is not sent yet.
    let next: UInt64
    let copyMilliseconds: UInt32

    var group = 0
    var entry = 0
}

extension Topic {
    /// The heartbeat that is to be sent now; none while a flight is under way.
    func beginBeat(at now: Moment) -> Beat? {
        guard writer != nil, flight == nil else { return nil }
        let isDue = heartbeats.due.map { $0 <= now.instant } ?? false
        guard isDue || heartbeats.joined != nil else { return nil }
        let joinedFrom = isDue ? 0 : heartbeats.joined ?? 0
        heartbeats.noteWelcome()
        if isDue { heartbeats.noteBeat(at: now.instant) }
        guard roster.count > 0 else { return nil }
        roster.regroup(for: sender, at: now.instant)
        return Beat(
            groups: roster.groups, joinedFrom: joinedFrom, recent: heartbeats.recent(head: head, at: now.instant),
            next: head, copyMilliseconds: copyMilliseconds(at: now.instant) ?? 0)
    }

    /// Writes into the datagrams of `run`, which are going to leave for the first time, after how long no copy of lower
    /// ones comes any more: only now is it known what waits before them.
    func tellCopies(in run: Run, at now: Instant) {
        guard writer != nil, let milliseconds = copyMilliseconds(at: now) else { return }
        for number in run.first..<run.end { EnvelopeWriter.tell(copyMilliseconds: milliseconds, in: number, of: &log) }
    }

    /// Nil when no copy is to come.
    private func copyMilliseconds(at now: Instant) -> UInt32? {
        guard !cursors.active.isEmpty else { return nil }
        let owed = cursors.active.reduce(0) { $0 + log.byteCount(from: $1.number) }
        return promise.milliseconds(
            owedBytes: owed, subscribers: roster.count, burstBytes: rules.burstBytes, at: now)
    }

    /// Takes a heartbeat as far as the allowance lets it; nil when it is done.
    ///
    /// What a socket does not take is let go: another heartbeat follows.
    func send(_ beat: Beat, allowance: inout Int) -> Beat? {
        var beat = beat
        while beat.group < beat.groups.count {
            let group = beat.groups[beat.group]
            if beat.joinedFrom > 0 { beat.entry = max(beat.entry, group.count(joinedBy: beat.joinedFrom - 1)) }
            guard beat.entry < group.rows.count else {
                beat.group += 1
                beat.entry = 0
                continue
            }
            guard allowance > 0 else { return beat }
            let (entries, first) = group.stretch(from: beat.entry, recent: beat.recent)
            let heartbeat = Heartbeat(first: min(first, beat.next), next: beat.next)
            let bytes = writer?.datagram(heartbeat, copyMilliseconds: beat.copyMilliseconds) ?? []
            let sent = sender.send(bytes, to: entries, of: group)
            counters.heartbeatsSent += UInt64(sent)
            allowance -= max(1, sent) * (Self.sendCost + bytes.count)
            // Whom the kernel did not take it for is passed over.
            beat.entry += max(1, sent)
        }
        return nil
    }
}
