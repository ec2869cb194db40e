import Testing

@testable import headcast

struct NegativeValuesTests {
    @Test(
        arguments: [
            (["publish", "orders", "--require", "-1"], ["publish", "orders", "--require=-1"]),
            (["--ttl", "-5s", "--copies", "-2", "x"], ["--ttl=-5s", "--copies=-2", "x"]),
            (["--output", "json", "-1"], ["--output", "json", "-1"]),
            (["--require=3", "-1"], ["--require=3", "-1"]),
            (["--lines", "--ttl", "-x", "-"], ["--lines", "--ttl", "-x", "-"]),
            (["orders", "--", "--require", "-1"], ["orders", "--", "--require", "-1"]),
            ([], []),
        ]
    )
    func `a number below zero is the value of the flag before it`(arguments: [String], joined: [String]) {
        #expect(NegativeValues.joined(arguments) == joined)
    }
}
