import CBaseline
import Clocks
import Endpoints
import Glibc

/// POSTs to a server at 127.0.0.1, from one thread: the caller's.
struct LoadGenerator {
    enum Kind: Sendable {
        case single
        /// So many messages in each request.
        case batch(Int)
    }

    let kind: Kind
    private let request: [UInt8]
    private let stampOffset: Int

    init(_ payload: Payload, _ kind: Kind, topic: String = "bench") {
        self.kind = kind
        let path: String
        let body: String
        switch kind {
        case .single: (path, body) = ("/publish/\(topic)", payload.text)
        case .batch(let count):
            path = "/publish/\(topic)/batch"
            body = String(repeating: #"{"payload":"\#(payload.text)"}"# + "\n", count: count)
        }
        let head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        request = Array((head + body).utf8)
        if case .single = kind { stampOffset = head.utf8.count } else { stampOffset = 0 }
    }

    var messagesPerRequest: Int {
        if case .batch(let count) = kind { count } else { 1 }
    }

    /// - Parameter rate: requests per second, all connections together; nil asks again whenever one is answered.
    func run(
        on endpoint: Endpoint, connections: Int, for time: Duration, rate: Double? = nil
    ) throws -> LoadOutcome {
        var outcome = baseline_outcome()
        let result = request.withUnsafeBytes { bytes in
            var load = baseline_load(
                port: endpoint.port, connections: Int32(connections),
                request: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), requestBytes: bytes.count,
                stampOffset: stampOffset, numbers: nil, rate: rate ?? 0, nanoseconds: UInt64(max(0, time.nanoseconds)))
            return baseline_load_run(&load, &outcome)
        }
        let code = errno
        guard result == 0 else {
            throw BenchmarkFailure("cannot make \(connections) connections to \(endpoint)", code)
        }
        return LoadOutcome(outcome)
    }
}
