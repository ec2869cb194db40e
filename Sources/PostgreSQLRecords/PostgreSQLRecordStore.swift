import Records

/// Records in a database of PostgreSQL; for any number of recorders at once.
package struct PostgreSQLRecordStore: RecordStore {
    private let url: String
    private let timeout: Duration

    /// - Parameters:
    ///   - url: `postgres://…`, as libpq reads it, TLS and all; `connect_timeout` is 10 seconds unless it is said.
    ///   - timeout: how long the server may take for one group or page.
    package init(url: String, timeout: Duration = .seconds(30)) {
        self.url = url
        self.timeout = timeout
    }

    package func openWriter() throws(StoreError) -> any RecordWriter {
        try PostgreSQLRecordWriter(url: url, timeout: timeout)
    }

    package func openReader() throws(StoreError) -> any RecordReader {
        try PostgreSQLRecordReader(url: url, timeout: timeout)
    }
}
