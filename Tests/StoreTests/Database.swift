import PostgreSQLRecords
import Records
import SQLiteRecords
import Testing

/// Both databases, for tests that hold for either.
enum Database: CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgreSQL

    var testDescription: String { "\(self)" }

    /// An empty database of its own.
    func make() throws -> TestStore {
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder()
            return TestStore(SQLiteRecordStore(path: folder.path + "/records.db"), keeping: folder)
        case .postgreSQL:
            let server = try PostgreSQLServer.shared.get()
            return TestStore(PostgreSQLRecordStore(url: try server.makeDatabase()), keeping: server)
        }
    }
}

/// A store that is there as long as this is.
final class TestStore {
    let store: any RecordStore
    private let resource: any AnyObject & Sendable

    init(_ store: any RecordStore, keeping resource: any AnyObject & Sendable) {
        self.store = store
        self.resource = resource
    }

    func openWriter() throws -> any RecordWriter { try store.openWriter() }
    func openReader() throws -> any RecordReader { try store.openReader() }
}
