import Clocks
import FanOut
import MicroHTTP
import Service

/// What the loop, the routes and the topics of one gateway share. Loop thread only.
final class GatewayState {
    let configuration: GatewayConfiguration
    let ledger: Ledger
    let topics: [TopicService]
    let startedAt: Moment

    let drain: Drain
    /// Read when a round begins, and again when its datagrams have left before publishes are answered.
    var now: Moment
    var requests = RequestStatistics()
    /// Set while the loop is there. A weak reference would make every other one to it a slow one.
    var server: HTTPServer?

    /// Batches that are not numbered to their end.
    var batches = Queue<UnnumberedBatch>()

    private let indices: [String: Int]

    init(_ configuration: GatewayConfiguration, ledger: Ledger, topics: [TopicService], at now: Moment) {
        self.configuration = configuration
        self.ledger = ledger
        self.topics = topics
        self.now = now
        startedAt = now
        drain = Drain(delay: configuration.drainDelay, timeout: configuration.drainTimeout)
        indices = Dictionary(uniqueKeysWithValues: topics.enumerated().map { ($1.name, $0) })
    }

    var name: String { configuration.name }
    var phase: Drain.Phase { drain.phase }

    func topic(named name: String) -> TopicService? {
        indices[name].map { topics[$0] }
    }

    /// Topics that never had a conclusive answer.
    var unresolved: [TopicService] {
        topics.filter { !$0.topic.membership.isConclusive }
    }

    /// Whether Services should route here. Losing DNS later does not make a gateway unready: it keeps its sets.
    var isReady: Bool {
        phase == .serving && (unresolved.isEmpty || now.instant >= startedAt.instant + configuration.readyAfter)
    }
}
