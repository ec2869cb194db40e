import Datagrams
import Endpoints
import Gateway
import Glibc
import MicroHTTP
import Requesting
import Resolving

/// What this machine, or pod, gives a gateway.
struct MachineFacts: Sendable {
    /// Who has the address that is to be listened at.
    enum Listening: Hashable, Sendable {
        case free
        /// A gateway is there, by this name.
        case gateway(String)
        /// It cannot be had, for the reason of this errno.
        case refused(Int32)
    }

    var listening: Listening
    /// Why the source of the datagrams cannot be had: an errno.
    var sourceFault: Int32?
    /// What the kernel gave of the 4 MiB that a gateway asks for.
    var sendBufferBytes: Int
    var buffers: BufferLimits
    var takesRuns: Bool
    var descriptorLimit: Int
    var hasIPv6: Bool
    /// Nil where no topic needs DNS.
    var resolver: ResolverConfiguration?

    static func gather(for configuration: GatewayConfiguration, resolver: ResolverConfiguration?) throws -> MachineFacts
    {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let socket = try UDPSocket()
        return MachineFacts(
            listening: listening(at: configuration.listen), sourceFault: sourceFault(configuration.sendFrom),
            sendBufferBytes: socket.sendBufferBytes, buffers: try BufferLimits(), takesRuns: SegmentationProbe.run(),
            descriptorLimit: Int(clamping: limit.rlim_max), hasIPv6: socket.family == AF_INET6, resolver: resolver)
    }

    private static func listening(at endpoint: Endpoint) -> Listening {
        do {
            _ = try ListeningSocket(on: endpoint)
            return .free
        } catch .cannotListen(_, let code) {
            guard code == EADDRINUSE else { return .refused(code) }
            var asked = endpoint
            if asked.address.isUnspecified {
                asked.address = asked.address.isIPv4 ? .loopback : IPAddress(bits: 1)
            }
            return nameOfGateway(at: asked).map { .gateway($0) } ?? .refused(code)
        } catch {
            return .refused(EINVAL)
        }
    }

    /// What a gateway there calls itself; nil if none answers.
    private static func nameOfGateway(at endpoint: Endpoint) -> String? {
        struct Status: Decodable {
            var gateway: String
        }
        guard let http = try? HTTPClient(agent: GatewayClient.agent) else { return nil }
        let client = GatewayClient(url: "http://\(endpoint)", http: http, timeout: .seconds(1), usesProxy: false)
        return (try? http.perform(client.request("/status"))).flatMap { Status.read($0.body) }?.gateway
    }

    private static func sourceFault(_ source: Endpoint?) -> Int32? {
        do throws(DatagramError) {
            if let source { _ = try UDPSocket(source: source) }
            return nil
        } catch {
            return switch error {
            case .bind(_, let code), .system(_, let code): code
            }
        }
    }
}
