import Service

/// What can be set about a topic, as keys in a file and as parameters of its URL.
package enum TopicSettings {
    package static let table = SettingTable<TopicConfiguration>([
        Setting("format", "FORMAT", "How messages lie in datagrams: raw, enveloped or cloudevents", \.format, .choice),
        Setting("policy", "POLICY", "How hard to try: once or repeat", \.policy, .choice),
        Setting("copies", "COUNT", "Copies of each message; 3 with the policy repeat", \.copies, .integer(1...16)),
        Setting(
            "spacing", "DURATION", "Time between two copies", \.spacing, .spacing
        ),
        Setting(
            "maximumPayloadBytes", "BYTES",
            "Longest payload; 1MiB with the format enveloped, which takes up to 16MiB; else up to 65507, raw above 1472 "
                + "in fragments; datagramBytes with cloudevents, whose event must fit",
            \.maximumPayloadBytes, .size(1...16 << 20)
        ),
        Setting(
            "datagramBytes", "BYTES", "Most bytes of an enveloped datagram or an event; above 1472 in fragments",
            \.datagramBytes, .size(512...65_507)
        ),
        Setting(
            "maximumBytesPerSecond", "BYTES", "Bound of what leaves, all subscribers together; beyond it 429",
            \.maximumBytesPerSecond, .optional(.size(1...1 << 40))
        ),
        Setting(
            "ringBytes", "BYTES",
            "Memory of the log; with the format enveloped 32MiB, or 4 times maximumPayloadBytes if that is more",
            \.ringBytes, .size(64 << 10...1 << 30)
        ),
        Setting(
            "burstBytes", "BYTES", "What one subscriber is sent in a millisecond at most", \.burstBytes,
            .size(1...1 << 30)
        ),
        Setting("family", "FAMILY", "Addresses that count: auto, ipv4, ipv6 or both", \.family, .choice),
        Setting(
            "maximumAge", "DURATION", "Oldest membership a publish makes do with; 0 looks up every time",
            \.maximumAge, .optional(.duration(.zero ... .seconds(86_400)))
        ),
        Setting(
            "emptyAfter", "DURATION", "How long nothing but negative answers before nobody is believed to be there",
            \.emptyAfter, .duration(.zero ... .seconds(86_400))
        ),
    ])
}
