import Records

/// Records in a database of PostgreSQL; for any number of recorders at once.
package struct PostgreSQLRecordStore: RecordStore {
    private let url: String

    /// - Parameter url: `postgres://…`, as libpq reads it, TLS and all.
    package init(url: String) {
        self.url = url
    }

    package func openWriter() throws(StoreError) -> any RecordWriter {
        try PostgreSQLRecordWriter(url: url)
    }

    package func openReader() throws(StoreError) -> any RecordReader {
        try PostgreSQLRecordReader(url: url)
    }
}
