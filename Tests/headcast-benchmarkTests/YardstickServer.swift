import CBaseline
import Dispatch
import Endpoints
import Glibc

@testable import headcast_benchmark

/// A yardstick on a thread of this process, until nobody refers to it.
final class YardstickServer {
    let endpoint: Endpoint
    private let stopDescriptor: Int32
    private let group = DispatchGroup()

    /// - Parameter receivers: those it sends to; nobody if nil.
    init(to receivers: Receivers? = nil, isBundled: Bool = false) throws {
        var port: UInt16 = 0
        let listening = baseline_listen(&port)
        var ends: [Int32] = [-1, -1]
        guard listening >= 0, pipe(&ends) == 0 else { throw BenchmarkFailure("cannot serve", errno) }
        endpoint = Endpoint(address: .loopback, port: port)
        stopDescriptor = ends[1]
        let stop = ends[0]
        let endpoints = receivers?.endpoints ?? []
        DispatchQueue(label: "yardstick").async(group: group) {
            if endpoints.isEmpty {
                _ = baseline_serve(listening, nil, 0, stop)
            } else if let loop = try? BareLoop(to: endpoints) {
                _ = loop.serve(listening, isBundled: isBundled, until: stop)
            }
            close(stop)
        }
    }

    deinit {
        close(stopDescriptor)
        group.wait()
    }
}
