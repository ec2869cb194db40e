import Testing

/// What Tab offers in a real shell.
@Suite(.onStage)
struct CompletionTests {
    /// Takes the place of the Tab key: the words typed so far, the last of them unfinished.
    private static let tab = """
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        _headcast "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """

    private func offers(_ words: [String]) async throws -> Set<String> {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let generate = try Stage.current.start([headcast, "--generate-completion-script", "bash"], name: "generate")
        #expect(try await generate.end() == .exited(0), "\(generate.account)")
        let bash = try Stage.current.start(
            ["/bin/bash", "-c", Self.tab, "tab", generate.standardOutput] + words, name: "bash")
        #expect(try await bash.end() == .exited(0), "\(bash.account)")
        return Set(bash.lines)
    }

    @Test(
        arguments: [
            (["headcast", "pu"], ["publish"]),
            (["headcast", "gateway", "--drain"], ["--drain-delay", "--drain-timeout"]),
            (["headcast", "gateway", "--log-level", "w"], ["warning"]),
            (["headcast", "publish", "orders", "--li"], ["--lines"]),
            (["headcast", "subscribe", "--output", "j"], ["json"]),
        ] as [([String], Set<String>)]
    )
    func `bash offers commands, flags and values`(words: [String], offered: Set<String>) async throws {
        #expect(try await offers(words) == offered)
    }
}
