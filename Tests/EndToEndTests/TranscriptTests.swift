import Testing

/// What the README shows is what comes of it.
@Suite(.onStageAlone)
struct TranscriptTests {
    @Test(.enabled(if: Network.isPossible, Network.need))
    func `the README's console blocks are what their commands print`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let python = try #require(Tool.python)
        let directory = headcast.split(separator: "/").dropLast().joined(separator: "/")
        let transcript = try Stage.current.start(
            [
                "/bin/sh", "-c", #"PATH="/$0:$PATH" exec "$@""#, directory, python, Tool.part("transcript.py"),
                Tool.root + "/README.md",
            ], name: "transcript")
        #expect(try await transcript.end(within: .seconds(120)) == .exited(0), "\(transcript.account)")
    }
}
