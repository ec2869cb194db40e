import Foundation
import Records
import Testing

@testable import headcast

struct UsualStoreTests {
    private func path(_ environment: [String: String], isRoot: Bool = false) -> String {
        UsualStore(in: environment, isRoot: isRoot).location.description
    }

    @Test func `records of a user are kept in its home, those of the system in its place`() {
        #expect(path(["HOME": "/home/a"]) == "sqlite:///home/a/.local/state/headcast/recorder.db")
        #expect(path(["HOME": "/home/a", "XDG_STATE_HOME": "/s"]) == "sqlite:///s/headcast/recorder.db")
        #expect(path(["HOME": "/root"], isRoot: true) == "sqlite:///var/lib/headcast/recorder.db")
        for home in [[:], ["HOME": "/"], ["HOME": "relative"]] {
            #expect(path(home) == "sqlite:///var/lib/headcast/recorder.db")
        }
    }

    @Test func `the folder is made, however much of it is missing`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        let usual = UsualStore(in: ["XDG_STATE_HOME": root.path + "/a/b"], isRoot: false)
        for _ in 0..<2 { try usual.makeFolder() }
        #expect(FileManager.default.fileExists(atPath: root.path + "/a/b/headcast"))
    }

    @Test func `a folder that cannot be made is told`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let usual = UsualStore(in: ["XDG_STATE_HOME": file.path], isRoot: false)
        let failure = #expect(throws: ProgramFailure.self) { try usual.makeFolder() }
        #expect(failure?.description == "cannot make the folder \(file.path)/headcast: not a directory (ENOTDIR)")
    }
}
