/// The settings that all servers have.
extension Setting where Configuration: ServerConfiguration {
    package static var listen: Setting {
        Setting("listen", "ADDRESS:PORT", "Where HTTP is served", \.listen, .endpoint)
    }

    package static var drain: [Setting] {
        [
            Setting(
                "drainDelay", "DURATION", "After SIGTERM, go on accepting for so long", \.drainDelay, .time),
            Setting("drainTimeout", "DURATION", "After that, finish for so long at most", \.drainTimeout, .time),
        ]
    }

    package static var http: [Setting] {
        [
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
            Setting(
                "idleTimeout", "DURATION", "Close connections that are silent for so long", \.idleTimeout, .timeout),
            Setting("requestTimeout", "DURATION", "How long a request may take to arrive", \.requestTimeout, .timeout),
            Setting(
                "maximumBodiesBytes", "BYTES", "Memory for bodies on their way in, all together",
                \.maximumBodiesBytes, .size(64 << 10...1 << 36)
            ),
        ]
    }

    package static var log: [Setting] {
        [
            Setting("logLevel", "LEVEL", "trace, debug, info, notice, warning, error or critical", \.logLevel, .choice),
            Setting("logFormat", "FORMAT", "text, json, or auto: text on a terminal", \.logFormat, .choice),
        ]
    }
}

extension ValueFormat<Duration> {
    /// Up to a day.
    package static var time: Self { .duration(.zero ... .seconds(86_400)) }

    /// A second to a day: what libmicrohttpd counts in, and never "at once".
    fileprivate static var timeout: Self { .duration(.seconds(1) ... .seconds(86_400)) }
}
