import FoundationEssentials
import Records
import Testing

@testable import headcast

struct StoreLocationTests {
    private func failure(_ location: StoreLocation) -> ProgramFailure? {
        do {
            try location.check()
            return nil
        } catch {
            return error as? ProgramFailure
        }
    }

    @Test func `a folder is no file to keep records in, and one in it is named`() throws {
        let folder = try TemporaryFolder("store")
        let failure = failure(.sqlite(path: folder.path(of: "")))
        #expect(failure?.description.contains("is a folder") == true)
        #expect(failure?.hint?.contains("/recorder.db names a file in it") == true)
    }

    @Test func `a folder that is not there is named`() throws {
        let folder = try TemporaryFolder("store")
        #expect(failure(.sqlite(path: folder.path(of: "records.db"))) == nil)
        let missing = folder.path(of: "none")
        let file = folder.path(of: "file")
        try Data("x".utf8).write(to: URL(filePath: file))
        #expect(failure(.sqlite(path: file + "/records.db"))?.description.hasSuffix("no folder \(file)") == true)
        #expect(failure(.sqlite(path: missing + "/records.db"))?.description.hasSuffix("no folder \(missing)") == true)
    }

    @Test func `a database elsewhere is not looked for`() {
        #expect(failure(.postgreSQL(url: "postgres://nobody@192.0.2.1/x")) == nil)
    }
}
