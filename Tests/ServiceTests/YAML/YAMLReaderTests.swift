import Testing

@testable import Service

struct YAMLReaderTests {
    private func read(_ text: String) throws(YAMLError) -> YAMLNode {
        try YAMLReader.read(Array(text.utf8)).root
    }

    private func fault(_ text: String) -> YAMLError? {
        do throws(YAMLError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `nodes know their lines`() throws {
        let root = try read("# settings\nlisten: 127.0.0.1:8080\ntopics:\n  - a\n  - ~\nempty:\nquoted: 'null'\n")
        let expected = YAMLNode(
            line: 2,
            .mapping([
                .init(line: 2, key: "listen", value: .init(line: 2, .scalar("127.0.0.1:8080"))),
                .init(
                    line: 3, key: "topics",
                    value: .init(line: 4, .sequence([.init(line: 4, .scalar("a")), .init(line: 5, .null)]))
                ),
                .init(line: 6, key: "empty", value: .init(line: 6, .null)),
                .init(line: 7, key: "quoted", value: .init(line: 7, .scalar("null"))),
            ])
        )
        #expect(root == expected)
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "~", "\u{FEFF}"])
    func `a document without content is an empty mapping`(text: String) throws {
        #expect(try read(text).content == .mapping([]))
    }

    @Test func `of a key given twice the first counts, and both lines are told`() throws {
        let (root, repeated) = try YAMLReader.read(Array("a: 1\nb: 2\na: 3\n".utf8))
        #expect(repeated == [YAMLError(line: 3, problem: "\"a\" is given twice, first in line 1")])
        let expected = ["a": "1", "b": "2"].sorted { $0.key < $1.key }.enumerated().map { index, pair in
            YAMLNode.Member(line: index + 1, key: pair.key, value: YAMLNode(line: index + 1, .scalar(pair.value)))
        }
        #expect(root.content == .mapping(expected))
        let endless = String(repeating: "a:\n", count: 1_000)
        #expect(try YAMLReader.read(Array(endless.utf8)).repeated.count == YAMLReader.maximumRepeated)
    }

    @Test func `a second document is a fault`() {
        #expect(fault("a: 1\n---\nb: 2\n") == YAMLError(line: 3, problem: "a second document"))
    }

    @Test func `aliases are refused, so that nothing can expand`() {
        let laughs = "a: &a [x,x]\nb: &b [*a,*a]\n"
        #expect(fault(laughs) == YAMLError(line: 2, problem: "aliases (*name) are not supported"))
    }

    @Test func `nesting is bounded`() throws {
        #expect(fault(String(repeating: "[", count: 100_000))?.problem == "nested deeper than 16 levels")
        #expect(fault(String(repeating: "{a: ", count: 100_000))?.problem == "nested deeper than 16 levels")
        #expect(fault(String(repeating: "- ", count: 100_000))?.problem == "nested deeper than 16 levels")
        _ = try read(String(repeating: "[", count: 16) + String(repeating: "]", count: 16))
    }

    @Test func `size is bounded`() {
        let problem = "1048577 bytes exceed the limit of 1048576"
        #expect(fault(String(repeating: "#", count: (1 << 20) + 1)) == YAMLError(line: 0, problem: problem))
    }

    @Test func `a key must be a word`() {
        #expect(fault("[a, b]: 1\n")?.problem == "a key must be a single word")
    }

    @Test func `what is no YAML is reported with its line`() {
        let error = fault("a: 1\nb: [1\nc: 2\n")
        #expect(error?.line == 3)
        #expect(error?.problem.hasPrefix("not valid YAML: ") == true)
    }

    @Test func `what is no UTF-8 is a fault`() {
        #expect(throws: YAMLError.self) { try YAMLReader.read([0x61, 0x3A, 0x20, 0xFF, 0xFE]) }
    }

    @Test func `garbage and every truncation end in a document or a fault`() {
        let text = "a: {b: [1, \"x\\u00e9\", 'y'], ? c : |\n  d\n}\nlist:\n- !!str z\n- >-\n  folded\n"
        for length in 0...text.utf8.count { _ = try? YAMLReader.read(Array(text.utf8.prefix(length))) }
        for _ in 0..<2_000 {
            _ = try? YAMLReader.read((0..<64).map { _ in UInt8.random(in: 0...255) })
            _ = try? YAMLReader.read((0..<64).map { _ in Array("-:?{}[],&*#|>'\"% \n\tab".utf8).randomElement() ?? 0 })
        }
    }
}
