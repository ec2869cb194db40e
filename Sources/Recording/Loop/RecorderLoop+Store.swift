import Clocks
import EventLoop
import Logging
import Records
import Service

/// The loop's side of the two threads that work with the store.
extension RecorderLoop {
    func takeReports() {
        for report in reports.take() {
            if case .found(let number, let result) = report {
                reader.hasReported()
                if case .failure = result { state.health.doubts(at: state.now.instant) }
                state.queries.settle(number, result)
            } else {
                writer.hasReported(report)
                take(report)
            }
        }
    }

    private func take(_ report: StoreReport) {
        switch report {
        case .opened:
            works()
            state.health.opened()
        case .openingFailed(let error):
            if error.isTemporary {
                fails(error)
            } else {
                failure = .unusableStore(state.configuration.store, error)
            }
        case .stored(let outcomes, let duration, _):
            works()
            let before = state.counters.stored
            state.counters.record(outcomes, in: duration)
            state.retention.stored(Int(state.counters.stored - before), at: state.now.instant)
            acknowledge(state.intake.finish(outcomes.count, at: state.now.instant), outcomes)
        case .storingFailed(let error):
            fails(error)
            if error.isBrief { state.intake.returnGiven() } else { refuseAll(error) }
        case .checked:
            works()
        case .checkingFailed(let error):
            fails(error)
        case .removed(let count):
            // A store that is full does nothing as well as any other.
            if count > 0 { works() }
            state.retention.stepped(count, at: state.now.instant)
            if count > 0 { logger.debug("removed records", metadata: ["records": "\(count)"]) }
        case .removingFailed(let error):
            fails(error)
            state.retention.failed(at: state.now.instant)
        case .found:
            break
        }
    }

    /// When the writer is to be given something although nothing happened.
    var writerDeadline: Instant? {
        let trouble = state.health.trouble?.nextAttempt
        guard state.health.isOpen else { return trouble ?? state.now.instant }
        if state.intake.waitingCount > 0 { return trouble ?? state.now.instant }
        let removal = state.retention.deadline.map { max($0, trouble ?? $0) }
        guard let check = state.health.nextCheck else { return removal }
        return min(check, removal ?? check)
    }

    /// Gives the writer its next task, if it has none and there is one; else adds to what it stores next.
    func giveWriter() {
        let now = state.now.instant
        guard !writer.isBusy else {
            // A step is due: the writer, which goes from group to group, would never come to it.
            if state.retention.isDue(at: now) { nextGroup.close() } else { state.intake.fillNext() }
            return
        }
        guard state.health.mayTry(at: now) else { return }
        guard state.health.isOpen else { return writer.give(.open) }
        let mayRemove = state.retention.isDue(at: now)
        if mayRemove, !hasJustRemoved || state.intake.waitingCount == 0 {
            hasJustRemoved = true
            return writer.give(.remove(state.retention.step(at: state.now.timestamp)))
        }
        hasJustRemoved = false
        let group = state.intake.takeGroup(at: now)
        if !group.isEmpty {
            if !mayRemove { nextGroup.open() }
            writer.give(.store(group))
            state.intake.fillNext()
        } else if state.health.nextCheck != nil {
            writer.give(.check)
        }
    }

    private typealias Waiting = (submission: Submission, index: Int, divergent: Divergent)

    private func acknowledge(_ entries: [Entry], _ outcomes: [Outcome]) {
        var waiting: [Waiting] = []
        for (entry, outcome) in zip(entries, outcomes) {
            switch outcome {
            case .stored: entry.settle(.stored)
            case .repeated: entry.settle(.repeated)
            case .diverged(let digest):
                let divergent = Divergent(stateKey: entry.response.stateKey, digest: digest)
                guard state.divergentCount + waiting.count < state.configuration.maximumExplanations else {
                    entry.settle(.diverged(divergent, nil))
                    continue
                }
                guard entry.isOpen else { continue }
                entry.submission.prepare(entry.index, .diverged(divergent, nil))
                waiting.append((entry.submission, entry.index, divergent))
            }
        }
        if !waiting.isEmpty { explain(waiting) }
    }

    /// Answers responses that diverge, once it is known from what. Nothing of them but their state keys is kept until
    /// then.
    private func explain(_ waiting: [Waiting]) {
        func settle(with found: [FirstAnswer?]) {
            for (place, one) in waiting.enumerated() {
                let first = found.indices.contains(place) ? found[place] : nil
                one.submission.settle(one.index, .diverged(one.divergent, first))
            }
        }
        let question = Question.firstAnswers(waiting.map(\.divergent.stateKey))
        let isAsked = state.queries.ask(question, at: state.now.instant) { [state] result in
            state.divergentCount -= waiting.count
            if case .success(.firstAnswers(let found))? = result { settle(with: found) } else { settle(with: []) }
        }
        if isAsked { state.divergentCount += waiting.count } else { settle(with: []) }
    }

    /// Nothing that waits has a chance now.
    private func refuseAll(_ error: StoreError) {
        let refusal = Refusal(error)
        let open = state.intake.takeAll().filter(\.isOpen)
        state.counters.refuse(open.count, with: refusal.code)
        for entry in open { entry.settle(.init(refusal)) }
    }

    private func works() {
        let trouble = state.health.trouble
        state.health.works()
        guard let trouble else { return }
        let duration = (state.now.instant - trouble.since.instant).text
        logger.info("the store works again", metadata: ["after": "\(duration)", "attempts": "\(trouble.attempts)"])
    }

    private func fails(_ error: StoreError) {
        let before = state.health.trouble?.error
        state.counters.fail(with: error)
        state.health.failed(error, at: state.now)
        if case .gone = error { failure = .lostStore(state.configuration.store, error) }
        guard before != error else { return }
        logger.warning("the store does not work", metadata: ["reason": "\(error)", "kind": "\(error.kind)"])
    }
}
