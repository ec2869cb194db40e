import Records

/// Records in a file of SQLite; for one recorder at a time.
package struct SQLiteRecordStore: RecordStore {
    private let path: String

    /// - Parameter path: of the file; its folder has to exist. Beside it stand `-wal` and `-shm` of SQLite, and `-lock`.
    package init(path: String) {
        self.path = path
    }

    package func openWriter() throws(StoreError) -> any RecordWriter {
        try SQLiteRecordWriter(path: path)
    }

    package func openReader() throws(StoreError) -> any RecordReader {
        try SQLiteRecordReader(path: path)
    }
}
