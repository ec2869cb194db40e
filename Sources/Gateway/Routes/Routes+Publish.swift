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
            let parameters = try PublishParameters(exchange, maximumAge: topic.configuration.maximumAge)
            if let age = parameters.maximumAge,
                case .waiting(let ticket) = topic.tracker.demand(maximumAge: age, at: gateway.now.instant)
            {
                try wait(exchange, ticket, parameters.options, in: topic)
            } else {
                try number(exchange, parameters.options, in: topic)
            }
            exchange.suspend()
        } catch {
            exchange.respond(error.response)
        }
    }

    private func wait(
        _ exchange: Exchange, _ ticket: FreshnessTicket, _ options: PublishOptions, in topic: TopicService
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
            UnnumberedPublish(ticket: ticket, deadline: deadline, options: options, exchange: exchange))
    }

    /// Numbers a publish that waited, now that the membership is fresh; answers it at once if that fails.
    func resume(_ publish: UnnumberedPublish, in topic: TopicService) {
        do throws(Refusal) {
            try number(publish.exchange, publish.options, in: topic)
        } catch {
            publish.exchange.respond(error.response)
        }
    }

    /// Answers a publish whose membership could not be confirmed.
    func refuseStale(_ publish: UnnumberedPublish, in topic: TopicService) {
        let reason = topic.topic.membership.stale?.reason ?? "no answer within \(Self.freshnessPatience.seconds) s"
        publish.exchange.respond(
            Answer.error(
                .membershipStale,
                "the subscribers of topic \(topic.name.quoted) could not be confirmed, nothing was sent: \(reason)"))
    }

    /// Answers whoever still waits when the gateway can wait no longer.
    func giveUp(_ topic: TopicService) {
        for publish in topic.abandonUnnumbered() { publish.exchange.respond(Self.draining.response) }
        for publish in topic.abandonNumbered() {
            let message = "message \(publish.sequence) of topic \(topic.name.quoted) was not sent to all before the end"
            publish.exchange.respond(Answer.error(.draining, message) { $0.field("sequence", publish.sequence) })
        }
    }

    /// Answers a publish that has been sent: with its receipt, whatever became of it.
    func answer(_ publish: NumberedPublish, in topic: TopicService) {
        guard let entry = gateway.ledger.take(publish.position) else {
            publish.exchange.respond(
                Answer.error(
                    .internalError, "the message was sent, but its receipt is lost; this is a fault of Headcast"))
            return
        }
        let receipt = Receipt(entry: entry, topic: topic, gateway: gateway.name)
        guard entry.subscribers == 0 || entry.sent > 0 else {
            publish.exchange.respond(failed(receipt))
            return
        }
        let location = (name: "Location", value: "/messages/\(entry.id)")
        publish.exchange.respond(
            Answer.document(status: entry.subscribers > 0 ? 201 : 202, headers: [location], receipt.write))
    }

    private func failed(_ receipt: Receipt) -> HTTPResponse {
        let count = receipt.entry.subscribers
        return Answer.error(
            .sendFailed, "no copy could be sent to any of \(count) subscribers; /messages/\(receipt.entry.id) says why",
            headers: [(name: "Location", value: "/messages/\(receipt.entry.id)")]
        ) { $0.object("receipt", receipt.write) }
    }

    private func number(_ exchange: Exchange, _ options: PublishOptions, in topic: TopicService) throws(Refusal) {
        do throws(PublishFault) {
            try topic.publish(exchange, options, at: gateway.now)
        } catch {
            throw Self.refusal(error, topic: topic)
        }
    }
}
