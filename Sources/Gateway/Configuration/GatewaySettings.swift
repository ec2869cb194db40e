import Service

/// Every setting of the gateway, in the order in which help lists them.
package enum GatewaySettings {
    package static let table = SettingTable<GatewayConfiguration>(main + lifecycle + limits + Setting.log)

    private static let main: [Setting<GatewayConfiguration>] = [
        .topics,
        .listen,
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

    private static let lifecycle =
        [
            Setting(
                "readyAfter", "DURATION", "Ready at the latest, even if a topic has not resolved", \.readyAfter, .time)
        ]
        + Setting<GatewayConfiguration>.drain

    private static let limits =
        [Setting("ledgerMessages", "COUNT", "Receipts that are kept", \.ledgerMessages, .integer(1...16_777_216))]
        + Setting<GatewayConfiguration>.http
        + [
            Setting(
                "maximumWaiting", "COUNT", "Publishes of one topic that wait for a lookup at a time; beyond it 503",
                \.maximumWaiting,
                .integer(1...1_000_000)
            )
        ]
}
