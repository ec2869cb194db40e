import Glibc
import PostgreSQLRecords
import Records
import Testing

/// What only a server can do, each test with its own.
struct PostgreSQLServerTests {
    @Test func `a writer and a reader go on once a server that crashed is back`() throws {
        let server = try PostgreSQLServer()
        let store = PostgreSQLRecordStore(url: try server.makeDatabase())
        let (writer, reader) = (try store.openWriter(), try store.openReader())
        #expect(try writer.store([response("m1", by: "a")], at: at(1)) == [.stored])
        try server.crash()
        for _ in 0..<3 {
            let error = #expect(throws: StoreError.self) { try writer.store([response("m2", by: "a")], at: at(2)) }
            guard case .unavailable? = error else { throw TestFailure() }
            #expect(throws: StoreError.self) { try reader.totals() }
            #expect(throws: StoreError.self) { try writer.check() }
        }
        try server.start()
        try writer.check()
        #expect(
            try writer.store([response("m1", by: "b"), response("m2", by: "a")], at: at(3)) == [.repeated, .stored])
        #expect(try reader.totals() == StoreTotals(rows: 2, answers: 3))
    }

    @Test func `a server that was started anew between two groups is not noticed`() throws {
        let server = try PostgreSQLServer()
        let store = PostgreSQLRecordStore(url: try server.makeDatabase())
        let (writer, reader) = (try store.openWriter(), try store.openReader())
        for number in 0..<3 {
            #expect(try writer.store([response("m\(number)", by: "a")], at: at(1)) == [.stored])
            try server.crash()
            try server.start()
            #expect(try reader.totals().rows == Int64(number) + 1)
        }
    }

    @Test func `a server that hangs is given up, and used again once it moves`() throws {
        let server = try PostgreSQLServer.shared.get()
        let url = try server.makeDatabase()
        let store = PostgreSQLRecordStore(url: url, timeout: .seconds(3))
        let writer = try store.openWriter()
        _ = try writer.store([response("m1", by: "a")], at: at(1))
        let processes = try server.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", at: url)
        let process = try #require(pid_t(processes.prefix { $0.isNumber }))
        kill(process, SIGSTOP)
        let error = #expect(throws: StoreError.self) { try writer.store([response("m2", by: "a")], at: at(2)) }
        kill(process, SIGCONT)
        guard case .unavailable(let text)? = error else { throw TestFailure() }
        #expect(text.hasSuffix(": no answer within 3 s"))
        #expect(try store.openReader().totals().rows == 1)
        #expect(try writer.store([response("m2", by: "a")], at: at(3)) == [.stored])
    }

    @Test func `a newer version of the tables is refused and left alone`() throws {
        let server = try PostgreSQLServer.shared.get()
        let url = try server.makeDatabase()
        let store = PostgreSQLRecordStore(url: url)
        _ = try store.openWriter().store([response("m", by: "a")], at: at(1))
        try server.query("UPDATE headcast.version SET version = 99", at: url)
        let text = "has version 99 of the tables, and this recorder knows up to 1; use a newer one"
        let error = #expect(throws: StoreError.self) { try store.openWriter() }
        #expect(error == .unsupported("\(StoreLocation.postgreSQL(url: url)): \(text)"))
        #expect(throws: StoreError.self) { try store.openReader() }
        try server.query("UPDATE headcast.version SET version = 1", at: url)
        #expect(try store.openReader().totals().rows == 1)
    }

    @Test func `a disk that is full is called so, and works again once there is room`() throws {
        let server = try PostgreSQLServer.shared.get()
        let url = try server.makeDatabase()
        let writer = try PostgreSQLRecordStore(url: url).openWriter()
        // The server says the same of its own accord (SQLSTATE 53100 and 25006).
        func refuse(_ state: String) throws {
            try server.query(
                """
                CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE 'no room' USING ERRCODE = '\(state)'; END $$;
                CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON headcast.records
                    FOR EACH ROW EXECUTE FUNCTION refuse()
                """, at: url)
        }
        let location = "\(StoreLocation.postgreSQL(url: url))"
        try refuse("53100")
        let full = #expect(throws: StoreError.self) { try writer.store([response("m", by: "a")], at: at(1)) }
        #expect(full == .full("\(location): no room (SQLSTATE 53100)"))
        try refuse("25006")
        let readOnly = #expect(throws: StoreError.self) { try writer.store([response("m", by: "a")], at: at(1)) }
        #expect(readOnly == .readOnly("\(location): no room (SQLSTATE 25006)"))
        try server.query("DROP FUNCTION refuse CASCADE", at: url)
        #expect(try writer.store([response("m", by: "a"), response("m", by: "a")], at: at(1)) == [.stored, .repeated])
        #expect(
            try PostgreSQLRecordStore(url: url).openReader().totals() == StoreTotals(rows: 1, answers: 1, retries: 1))
    }

    @Test func `what cannot be reached is named without its password`() throws {
        let store = PostgreSQLRecordStore(url: "postgres://me:secret@127.0.0.1:1/records")
        let error = #expect(throws: StoreError.self) { try store.openWriter() }
        guard case .unavailable(let text)? = error else { throw TestFailure() }
        #expect(text.hasPrefix("postgres://me:***@127.0.0.1:1/records: "))
        #expect(text.contains("Connection refused") && !text.contains("secret") && !text.contains("\n"))
    }

    @Test func `a user without rights is refused with what the server said`() throws {
        let server = try PostgreSQLServer.shared.get()
        let url = try server.makeDatabase()
        _ = try PostgreSQLRecordStore(url: url).openWriter()
        try server.query("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN", at: url)
        let error = #expect(throws: StoreError.self) {
            try PostgreSQLRecordStore(url: url.replacing("recorder@", with: "guest@")).openWriter()
        }
        guard case .refused(let text)? = error else { throw TestFailure() }
        #expect(text.hasSuffix("permission denied for schema headcast (SQLSTATE 42501)"))
    }

    struct TestFailure: Error {}
}
