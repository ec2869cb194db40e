import Logging
import Service

/// Every setting of the gateway, in the order in which help lists them.
package enum GatewaySettings {
    package static let table = SettingTable<GatewayConfiguration>(main + lifecycle + limits + log)

    private static let main: [Setting<GatewayConfiguration>] = [
        .topics,
        Setting("listen", "ADDRESS:PORT", "Where HTTP is served", \.listen, .endpoint),
        Setting(
            "sendFrom", "ADDRESS:PORT", "Source address and port of the datagrams", \.sendFrom,
            .optional(.endpoint(like: "10.0.0.5:12001, 0.0.0.0:12001 or [::]:12001"))
        ),
        Setting(
            "resolver", "ADDRESS:PORT", "The DNS server to ask, instead of those in /etc/resolv.conf", \.resolver,
            .optional(.nameserver)
        ),
        Setting("name", "NAME", "What the gateway calls itself in receipts and status", \.name, .text),
    ]

    private static let lifecycle: [Setting<GatewayConfiguration>] = [
        Setting("readyAfter", "DURATION", "Ready at the latest, even if a topic has not resolved", \.readyAfter, .time),
        Setting("drainDelay", "DURATION", "After SIGTERM, go on accepting for so long", \.drainDelay, .time),
        Setting("drainTimeout", "DURATION", "After that, finish for so long at most", \.drainTimeout, .time),
    ]

    private static let limits: [Setting<GatewayConfiguration>] = [
        Setting("ledgerMessages", "COUNT", "Receipts that are kept", \.ledgerMessages, .integer(1...16_777_216)),
        Setting(
            "maximumConnections", "COUNT", "Connections at a time", \.maximumConnections, .integer(1...1_000_000)
        ),
        Setting(
            "maximumConnectionsPerAddress", "COUNT", "Connections at a time from one address",
            \.maximumConnectionsPerAddress, .optional(.integer(1...1_000_000))
        ),
        Setting(
            "headerBytes", "BYTES", "Memory for the head of a request", \.headerBytes, .size(1 << 10...1 << 20)
        ),
        Setting("idleTimeout", "DURATION", "Close connections that are silent for so long", \.idleTimeout, .timeout),
        Setting("requestTimeout", "DURATION", "How long a request may take to arrive", \.requestTimeout, .timeout),
        Setting(
            "maximumBodiesBytes", "BYTES", "Memory for bodies on their way in, all together", \.maximumBodiesBytes,
            .size(64 << 10...1 << 36)
        ),
        Setting(
            "maximumWaiting", "COUNT", "Publishes of one topic that wait for a lookup at a time; beyond it 503",
            \.maximumWaiting,
            .integer(1...1_000_000)
        ),
    ]

    private static let log: [Setting<GatewayConfiguration>] = [
        Setting("logLevel", "LEVEL", "trace, debug, info, notice, warning, error or critical", \.logLevel, .choice),
        Setting("logFormat", "FORMAT", "text, json, or auto: text on a terminal", \.logFormat, .choice),
    ]
}

extension ValueFormat<Duration> {
    /// Up to a day.
    fileprivate static var time: Self { .duration(.zero ... .seconds(86_400)) }

    /// A second to a day: what libmicrohttpd counts in, and never "at once".
    fileprivate static var timeout: Self { .duration(.seconds(1) ... .seconds(86_400)) }
}
