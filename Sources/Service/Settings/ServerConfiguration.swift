import Endpoints
import Logging
import MicroHTTP

/// What is set about every server, whatever it is for.
package protocol ServerConfiguration: Sendable {
    /// Where HTTP is served; port 0 takes any free one.
    var listen: Endpoint { get set }

    /// What the server calls itself in its answers: the name of its pod or host.
    var name: String { get set }

    /// From SIGTERM until the server stops accepting.
    var drainDelay: Duration { get set }

    /// From the end of accepting until what is not finished is given up.
    var drainTimeout: Duration { get set }

    var maximumConnections: Int { get set }

    /// Off by default: Services and address translation make many clients share an address.
    var maximumConnectionsPerAddress: Int? { get set }

    /// Memory for the head of a request, per connection.
    var headerBytes: Int { get set }

    /// How long a connection may be silent.
    var idleTimeout: Duration { get set }

    /// How long a request may take to arrive.
    var requestTimeout: Duration { get set }

    /// Memory for bodies on their way in, all connections together.
    var maximumBodiesBytes: Int { get set }

    var logLevel: Logger.Level { get set }
    var logFormat: LogFormat { get set }
}

extension ServerConfiguration {
    /// What the HTTP side is to keep to. Every connection may have a request that waits.
    package var httpLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.headerBytes = headerBytes
        limits.maximumConnections = maximumConnections
        limits.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        limits.idleTimeout = idleTimeout
        limits.requestTimeout = requestTimeout
        limits.maximumBodiesBytes = maximumBodiesBytes
        limits.maximumWaiting = maximumConnections
        return limits
    }
}
