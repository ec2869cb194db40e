/// The ports of a probe's datagrams: different ones, as far as there are, in case somebody listens at one after all.
struct ProbePorts: Sendable {
    let first: UInt16
    /// For the second datagram of the same size.
    let second: UInt16
    /// For the short one, which must be told from the others; nil where no port is left for it.
    let short: UInt16?

    /// Nil for none.
    init?(_ ports: [UInt16]) {
        guard let first = ports.first, let last = ports.last else { return nil }
        self.first = first
        second = ports.count > 2 ? ports[1] : first
        short = ports.count > 1 ? last : nil
    }
}
