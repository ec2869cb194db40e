import Foundation
import Glibc
import Records
import SQLiteRecords
import Testing

/// What only a file can do.
struct SQLiteFileTests {
    private let folder: TemporaryFolder
    private let path: String
    private let store: SQLiteRecordStore

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/records.db"
        store = SQLiteRecordStore(path: path)
    }

    private func opening(_ store: SQLiteRecordStore) -> StoreError? {
        #expect(throws: StoreError.self) { try store.openWriter() }
    }

    @Test func `a second recorder is refused while the first has the file, by whatever name`() throws {
        let link = folder.path + "/link.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        var writer: (any RecordWriter)? = try store.openWriter()
        let text = "\(path): another recorder is using it; a database file takes one at a time"
        #expect(opening(store) == .inUse(text))
        #expect(opening(SQLiteRecordStore(path: link)) == .inUse(text.replacing(path, with: link)))
        _ = try writer?.store([response("m", by: "a")], at: at(1))
        writer = nil
        #expect(try store.openWriter().store([response("m", by: "a")], at: at(2)) == [.repeated])
    }

    @Test func `a writer that is gone leaves the file to the next one, whoever copied its descriptor`() throws {
        var writer: (any RecordWriter)? = try store.openWriter()
        _ = try writer?.store([response("m", by: "a")], at: at(1))
        // As a child has it between fork and exec.
        let files = FileManager.default
        let held = try files.contentsOfDirectory(atPath: "/proc/self/fd").first {
            (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path + "-lock"
        }
        let copy = dup(try #require(held.flatMap { Int32($0) }))
        defer { close(copy) }
        writer = nil
        #expect(try store.openWriter().store([response("m", by: "a")], at: at(2)) == [.repeated])
    }

    @Test func `a newer version of the tables is refused and left alone`() throws {
        _ = try store.openWriter().store([response("m", by: "a")], at: at(1))
        try SQLiteFile.execute("PRAGMA user_version = 99", at: path)
        let text = "\(path): has version 99 of the tables, and this recorder knows up to 1; use a newer one"
        #expect(opening(store) == .unsupported(text))
        #expect(throws: StoreError.unsupported(text)) { try store.openReader() }
        try SQLiteFile.execute("PRAGMA user_version = 1", at: path)
        #expect(try store.openReader().totals().rows == 1)
    }

    @Test func `the database of another program is refused and left alone`() throws {
        try SQLiteFile.execute("CREATE TABLE records (id INTEGER)", at: path)
        #expect(opening(store) == .corrupt("\(path): is a database of another program; choose another file"))
        #expect(throws: StoreError.self) { try store.openReader() }
        try SQLiteFile.execute("INSERT INTO records VALUES (1)", at: path)
    }

    @Test func `a file that is no database is refused and left alone`() throws {
        let bytes = Data(repeating: 0x61, count: 10_000)
        try bytes.write(to: URL(fileURLWithPath: path))
        guard case .corrupt(let text)? = opening(store) else { throw TestFailure() }
        #expect(text == "\(path): file is not a database (SQLITE_NOTADB)")
        #expect(FileManager.default.contents(atPath: path) == bytes)
    }

    @Test func `a folder that is not there is named`() throws {
        let missing = folder.path + "/none/records.db"
        #expect(
            opening(SQLiteRecordStore(path: missing))
                == .refused("there is no folder \(missing.dropLast("/records.db".count))"))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard case .refused? = opening(store) else { throw TestFailure() }
    }

    @Test func `a file that was removed is noticed before anything is acknowledged`() throws {
        let writer = try store.openWriter()
        let reader = try store.openReader()
        _ = try writer.store([response("m1", by: "a")], at: at(1))
        #expect(try reader.totals().rows == 1)
        try FileManager.default.removeItem(atPath: path)
        let gone = StoreError.gone("\(path): was moved or deleted while in use; start the recorder again")
        #expect(throws: gone) { try writer.store([response("m2", by: "a")], at: at(2)) }
        #expect(throws: gone) { try writer.check() }
        #expect(throws: gone) { try writer.removeOldest(keeping: 0, limit: 1) }
        #expect(throws: gone) { try reader.totals() }
        #expect(throws: gone) { try reader.allRecords() }
    }

    /// Moved to another file system, one file after the other is copied and removed.
    @Test func `what stands beside a file that was moved is left for whoever moves it, too`() throws {
        var writer: (any RecordWriter)? = try store.openWriter()
        var reader: (any RecordReader)? = try store.openReader()
        _ = try writer?.store((0..<100).map { try response("m\($0)", by: "a") }, at: at(1))
        #expect(try reader?.totals().rows == 100)
        let elsewhere = folder.path + "/elsewhere.db"
        func move(_ suffix: String) throws {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: elsewhere + suffix)
            try FileManager.default.removeItem(atPath: path + suffix)
        }
        try move("")
        #expect(throws: StoreError.self) { try writer?.check() }
        writer = nil
        reader = nil
        try move("-wal")
        #expect(try SQLiteFile.execute("SELECT count(*) FROM records", at: elsewhere) == "100\n")
    }

    @Test func `a file that was put in the place of another is not written to`() throws {
        let other = SQLiteRecordStore(path: path + ".other")
        _ = try other.openWriter().store([response("other", by: "a")], at: at(1))
        let writer = try store.openWriter()
        _ = try writer.store((0..<500).map { try response("m\($0)", by: "a") }, at: at(1))
        #expect(rename(path + ".other", path) == 0)
        guard case .gone? = #expect(throws: StoreError.self, performing: { try writer.check() }) else {
            throw TestFailure()
        }
    }

    @Test func `damage is told apart from what mends itself`() throws {
        let writer = try store.openWriter()
        _ = try writer.store((0..<2_000).map { try response("m\($0)", by: "a") }, at: at(1))
        let reader = try store.openReader()
        try SQLiteFile.execute("PRAGMA wal_checkpoint(TRUNCATE)", at: path)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        for page in 20..<60 as Range<UInt64> {
            try file.seek(toOffset: page * 4_096)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 4_096))
        }
        let error = #expect(throws: (any Error).self) { try reader.allRecords() }
        guard case .corrupt(let text)? = error as? StoreError else { throw TestFailure() }
        #expect(text.hasPrefix("\(path): database disk image is malformed (SQLITE_CORRUPT"))
    }

    struct TestFailure: Error {}
}
