import Clocks
import FanOut
import JSON
import MicroHTTP
import Service

/// Which path does what.
final class Routes: HTTPService {
    let gateway: GatewayState

    /// The bytes of `/publish/TOPIC`, in the order of the topics: what nearly every request asks for.
    private let publishPaths: [[UInt8]]

    init(_ gateway: GatewayState) {
        self.gateway = gateway
        publishPaths = gateway.topics.map { Array("/publish/\($0.name)".utf8) }
    }

    func bodyRule(for exchange: Exchange) -> BodyRule {
        guard exchange.method == .post else { return .ignore }
        do throws(Refusal) {
            guard let target = try publishTarget(of: exchange) else { return .ignore }
            if case .finishing = gateway.phase { throw Self.draining }
            exchange.attachment = target
            let isEvent = PublishParameters.isEvent(exchange)
            if let topic = target as? TopicService { return .accept(upTo: topic.bodyLimit(isEvent: isEvent)) }
            return .accept(upTo: (target as? PublishTarget)?.bodyLimit(isEvent: isEvent) ?? 0)
        } catch {
            return .refuse(error.response)
        }
    }

    func respond(to exchange: Exchange) {
        if let topic = exchange.attachment as? TopicService {
            publish(exchange, to: topic)
            return
        }
        if let target = exchange.attachment as? PublishTarget {
            publish(exchange, to: target)
            return
        }
        do throws(Refusal) {
            exchange.respond(try answer(to: exchange))
        } catch {
            exchange.respond(error.response)
        }
    }

    func response(to fault: HTTPFault, for exchange: Exchange) -> HTTPResponse {
        fault.response { limit in
            switch exchange.attachment {
            case let topic as TopicService: Self.tooLarge(exchange.contentLength, limit: limit, for: topic).response
            case let target as PublishTarget: Self.tooLarge(exchange.contentLength, limit, target).response
            default: Refusal.unwantedBody(limit: limit).response
            }
        }
    }

    func answered(_ exchange: Exchange, with status: Int) {
        // Publishes that waited are answered together, and the clock was read for all of them.
        let now = exchange.isSuspended ? gateway.now.instant : .now
        gateway.requests.record(
            status: status, isPost: exchange.method == .post, duration: now - exchange.begunAt)
    }

    // MARK: Finding the way

    /// The topic that a POST publishes to, or a ``PublishTarget``; nil when its path is not one to publish at.
    private func publishTarget(of exchange: Exchange) throws(Refusal) -> AnyObject? {
        let index = exchange.withPath { path in
            publishPaths.firstIndex { candidate in
                path.count == candidate.count && path.indices.allSatisfy { path[$0] == candidate[$0] }
            }
        }
        if let index { return gateway.topics[index] }
        let parts = try exchange.parts()
        guard Self.isPublish(parts) else { return nil }
        switch parts.count {
        case 1:
            if let target = try severalTopics(of: exchange) { return target }
            guard gateway.topics.count == 1 else {
                // A mistyped `topic` is told of before its lack.
                _ = try PublishParameters.query(of: exchange)
                throw Self.topicRequired(gateway)
            }
            return gateway.topics[0]
        case 2: return try topic(named: parts[1])
        default: return PublishTarget(.batch(try topic(named: parts[1])))
        }
    }

    /// `/publish`, `/publish/TOPIC` or `/publish/TOPIC/batch`
    private static func isPublish(_ parts: [String]) -> Bool {
        parts.first == "publish" && (parts.count <= 2 || parts.count == 3 && parts[2] == "batch")
    }

    private func answer(to exchange: Exchange) throws(Refusal) -> HTTPResponse {
        let parts = try exchange.parts()
        guard let route = read(parts) else {
            guard Self.isPublish(parts) else { throw Self.notFound(exchange) }
            throw .methodNotAllowed(exchange, allow: "POST")
        }
        guard exchange.method == .get || exchange.method == .head else {
            throw .methodNotAllowed(exchange, allow: "GET, HEAD")
        }
        return try route(exchange)
    }

    private typealias Read = (Exchange) throws(Refusal) -> HTTPResponse

    /// What answers a GET of the path `parts`; nil when nothing is there to read.
    private func read(_ parts: [String]) -> Read? {
        switch (parts.first ?? "", parts.count) {
        case ("status", 1): status
        case ("topics", 1): topics
        case ("topics", 2): { exchange throws(Refusal) in try self.topic(exchange, named: parts[1]) }
        case ("topics", 3) where parts[2] == "subscribers":
            { exchange throws(Refusal) in try self.subscribers(exchange, of: parts[1]) }
        case ("topics", 3) where parts[2] == "changes":
            { exchange throws(Refusal) in try self.changes(exchange, of: parts[1]) }
        case ("messages", 1): messages
        case ("messages", 2): { exchange throws(Refusal) in try self.message(exchange, id: parts[1]) }
        case ("livez", 1): Health.liveness
        case ("readyz", 1): readyz
        case ("metrics", 1): metrics
        case ("openapi.yaml", 1): openAPI
        default: nil
        }
    }

    func topic(named name: String) throws(Refusal) -> TopicService {
        guard let topic = gateway.topic(named: name) else { throw unknownTopic(name) }
        return topic
    }
}
