import Testing

@testable import FanOut

struct PaddingTests {
    @Test func `equal datagrams are not padded`() {
        var padding = Padding()
        #expect((0..<1_000).allSatisfy { _ in padding.length(for: 790) == 790 })
    }

    @Test func `a shorter datagram is padded to those before it, a longer one is not`() {
        var padding = Padding()
        #expect([500, 400, 500, 600, 1, 600].map { padding.length(for: $0) } == [500, 500, 500, 600, 600, 600])
    }

    @Test func `a round does not pad the next one`() {
        var padding = Padding()
        #expect(padding.length(for: 1_232) == 1_232)
        padding.endRound()
        #expect(padding.length(for: 100) == 100)
        #expect(padding.length(for: 90) == 100)
    }

    @Test func `what was long once is forgotten`() {
        var padding = Padding()
        #expect(padding.length(for: 1_232) == 1_232)
        let lengths = (0..<3 * Padding.window).map { _ in padding.length(for: 300) }
        #expect(lengths.first == 1_232)
        #expect(lengths.suffix(Padding.window).allSatisfy { $0 == 300 })
    }

    @Test func `one long datagram among many is not what the others are padded to`() {
        var padding = Padding()
        let lengths = (0..<10 * Padding.window).map { padding.length(for: $0 % Padding.window == 5 ? 1_232 : 300) }
        #expect(lengths.suffix(9 * Padding.window).count { $0 == 1_232 } == 9)
    }

    /// The lengths that take turns, or chance alone between the least and the most.
    @Test(arguments: [
        [100, 1_150], [700], [1_232, 1_231], [600, 700, 800], [90, 90, 90, 1_232], [1_232, 90, 90, 90, 90, 90, 90, 90],
    ])
    func `padding multiplies the bytes by less than it divides the sends`(_ lengths: [Int]) throws {
        var dice = Dice(3)
        for isMixed in [false, true] {
            let given = (0..<6_400).map { index in
                isMixed ? dice.roll(lengths.min()!...lengths.max()!) : lengths[index % lengths.count]
            }
            var padding = Padding()
            let padded = given.map { padding.length(for: $0) }
            #expect(zip(given, padded).allSatisfy { $0 <= $1 })
            let (plainSends, paddedSends) = (try sends(of: given), try sends(of: padded))
            let (plainBytes, paddedBytes) = (given.reduce(0, +), padded.reduce(0, +))
            // The first window has nothing to go by.
            let unmeasured = Padding.window * 1_232
            #expect((paddedBytes - unmeasured) * paddedSends <= plainBytes * plainSends)
        }
    }

    @Test func `datagrams of which two share a send anyway are not padded`() {
        var padding = Padding(RunLimits(bytes: 2_500))
        let given = (0..<1_000).map { $0 % 2 == 0 ? 1_232 : 700 }
        let padded = given.map { padding.length(for: $0) }
        #expect(padded.dropFirst(2 * Padding.window) == given.dropFirst(2 * Padding.window))
    }

    /// How many runs a log of such datagrams is made of.
    private func sends(of lengths: [Int]) throws -> Int {
        let fixture = try LogFixture(ringBytes: 16 << 20)
        fixture.append(lengths: lengths)
        return fixture.runs().count
    }
}
