import Testing

/// Rules of nftables on the bridge, each for the datagrams to one pod.
extension Network {
    static let lossNeed: Comment = "needs nft: apt-get install nftables"

    /// Whether datagrams can be dropped.
    static var isLossPossible: Bool { isPossible && Tool.nft != nil }

    /// Lets each datagram travel by itself, as on a wire, instead of in the bundles in which the kernel takes them.
    func carryDatagramsApart() throws { try Self.ip("-n", gateway, "link", "set", "bridge", "gso_max_segs", "1") }

    /// Drops the datagrams to a pod that meet a condition of nftables, and counts them.
    ///
    /// `@th,192+…` is the envelope: behind the 8 bytes of the UDP header.
    func drop(_ condition: String, to position: Int) async throws {
        let counter = "pod\(position)"
        try await nft(
            """
            add table bridge loss; add chain bridge loss pods { type filter hook postrouting priority 0; };
            add counter bridge loss \(counter);
            add rule bridge loss pods oifname "pod\(position)" udp dport \(Receiver.port) \(condition) \
            counter name "\(counter)" drop
            """)
    }

    /// Drops so many percent at random.
    func drop(percent: Int, to position: Int) async throws {
        try await drop("numgen random mod 100 < \(percent)", to: position)
    }

    /// How many datagrams to a pod were dropped.
    func drops(to position: Int) async throws -> Int {
        let listed = try await nft("list counter bridge loss pod\(position)")
        return try #require(listed.firstMatch(of: #/packets (\d+)/#).flatMap { Int($0.1) }, "\(listed)")
    }

    /// Drops nothing any more; what was dropped stays counted.
    func dropNothing() async throws { try await nft("flush chain bridge loss pods") }

    @discardableResult
    private func nft(_ command: String) async throws -> String {
        let nft = [try #require(Tool.ip), "netns", "exec", gateway, try #require(Tool.nft), command]
        let program = try Stage.current.start(nft, name: "nft")
        try #require(try await program.end() == .exited(0), "\(program.account)")
        return program.output
    }
}

extension Network {
    /// Conditions on what is in an enveloped datagram, for ``drop(_:to:)``; its bytes begin 8 behind `th`.
    enum Condition {
        static let isOfMessages = "@th,96,8 1"

        static func number(isIn numbers: [UInt64]) -> String {
            "\(isOfMessages) @th,256,64 { \(numbers.map(String.init).joined(separator: ", ")) }"
        }
    }
}
