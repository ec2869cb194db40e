import PostgreSQLRecords
import Records
import SQLiteRecords

extension StoreLocation {
    /// The store that is there.
    var store: any RecordStore {
        switch self {
        case .sqlite(let path): SQLiteRecordStore(path: path)
        case .postgreSQL(let url): PostgreSQLRecordStore(url: url)
        }
    }
}
