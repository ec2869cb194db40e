import Clocks
import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    /// How long a publish waits for a membership as fresh as it asks for.
    static let freshnessPatience = MembershipSettings().freshnessWait

    /// Numbers the message, or lets it wait for a fresher membership; the answer comes once it is sent.
    func publish(_ exchange: Exchange, to topic: TopicService) {
        do throws(Refusal) {
            let parameters = try PublishParameters(exchange)
            try begin(exchange, try content(of: exchange, parameters.headers), parameters, in: topic)
            exchange.suspend()
        } catch {
            exchange.respond(error.response)
        }
    }

    /// What is published: the body alone, unless headers say more.
    private func content(of exchange: Exchange, _ headers: PublishHeaders?) throws(Refusal) -> PublishContent {
        guard let headers else { return .body }
        do throws(DraftFault) {
            let draft = try MessageDraft(exchange, headers)
            return .draft(draft, PublishDetails(idempotencyKey: draft.idempotencyKey))
        } catch {
            throw Refusal(error)
        }
    }

    /// Numbers `content`, or lets it wait for the membership that `parameters` or the topic ask for.
    func begin(
        _ exchange: Exchange, _ content: PublishContent, _ parameters: PublishParameters, in topic: TopicService
    ) throws(Refusal) {
        if let age = parameters.maximumAge ?? topic.configuration.maximumAge,
            case .waiting(let ticket) = topic.tracker.demand(maximumAge: age, at: gateway.now.instant)
        {
            try wait(exchange, ticket, content, parameters.options, in: topic)
        } else {
            try number(exchange, content, parameters.options, in: topic)
        }
    }

    private func wait(
        _ exchange: Exchange, _ ticket: FreshnessTicket, _ content: PublishContent, _ options: PublishOptions,
        in topic: TopicService
    ) throws(Refusal) {
        let limit = gateway.configuration.maximumWaiting
        guard topic.unnumbered.count < limit else {
            topic.tracker.cancel(ticket)
            throw Refusal(
                .overloaded,
                "\(limit) publishes to topic \(topic.name.quoted) wait for a lookup already; publish again later")
        }
        let deadline = gateway.now.instant + Self.freshnessPatience
        topic.unnumbered.append(
            UnnumberedPublish(
                ticket: ticket, deadline: deadline, options: options, content: content, exchange: exchange))
    }

    /// Numbers a publish that waited, now that the membership is fresh; answers it at once if that fails.
    func resume(_ publish: UnnumberedPublish, in topic: TopicService) {
        do throws(Refusal) {
            try number(publish.exchange, publish.content, publish.options, in: topic)
        } catch {
            refuse(publish, with: error)
        }
    }

    /// Answers a publish whose membership could not be confirmed.
    func refuseStale(_ publish: UnnumberedPublish, in topic: TopicService) {
        let reason = topic.topic.membership.stale?.reason ?? "no answer within \(Self.freshnessPatience.seconds) s"
        refuse(
            publish,
            with: Refusal(
                .membershipStale,
                "the subscribers of topic \(topic.name.quoted) could not be confirmed, nothing was sent: \(reason)"))
    }

    /// Answers the entries of batches that are not numbered when the gateway can wait no longer.
    func giveUpBatches() {
        while let first = gateway.batches.first {
            gateway.batches.removeFirst()
            first.batch.refuse(with: Self.draining)
        }
    }

    /// Answers whoever still waits when the gateway can wait no longer.
    func giveUp(_ topic: TopicService) {
        for publish in topic.abandonUnnumbered() { refuse(publish, with: Self.draining) }
        for publish in topic.abandonNumbered() {
            let message = "message \(publish.sequence) of topic \(topic.name.quoted) was not sent to all before the end"
            publish.respond(.error(.draining, message) { $0.field("sequence", publish.sequence) })
        }
    }

    private func refuse(_ publish: UnnumberedPublish, with refusal: Refusal) {
        switch publish.content {
        case .body: publish.exchange.respond(refusal.response)
        case .draft(_, let details): details.respond(refusal.response, to: publish.exchange)
        case .batch(let batch): batch.refuse(with: refusal)
        }
    }
}
