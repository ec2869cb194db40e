import Records
import Testing

struct StoreLocationTests {
    @Test func `a path is taken as it stands`() throws {
        #expect(try StoreLocation("sqlite:///var/lib/my records.db") == .sqlite(path: "/var/lib/my records.db"))
        #expect(try StoreLocation("sqlite:///100%25").description == "sqlite:///100%25")
    }

    @Test(arguments: ["postgres://db/headcast", "postgresql://db:5433,other/headcast?sslmode=verify-full"])
    func `a URL is left to libpq`(url: String) throws {
        #expect(try StoreLocation(url) == .postgreSQL(url: url))
        #expect(try StoreLocation(url).description == url)
    }

    @Test(arguments: [
        ("postgres://me:secret@db/headcast", "postgres://me:***@db/headcast"),
        ("postgres://me:se@cret@db:5432/headcast", "postgres://me:***@db:5432/headcast"),
        ("postgres://me@db/headcast", "postgres://me@db/headcast"),
        (
            "postgres://db/h?user=me&password=secret&sslpassword=other&sslmode=require",
            "postgres://db/h?user=me&password=***&sslpassword=***&sslmode=require"
        ),
    ])
    func `a password is not shown`(url: String, shown: String) throws {
        #expect(try StoreLocation(url).description == shown)
    }

    @Test(
        arguments: [
            ("", .unknownScheme), ("records.db", .unknownScheme), ("mysql://db", .unknownScheme),
            ("postgres:db", .unknownScheme), ("sqlite:records.db", .relativePath),
            ("sqlite://records.db", .relativePath),
            ("sqlite:///", .noFile), ("sqlite:///var/", .noFile), ("sqlite:///a?mode=ro", .hasOptions),
            ("sqlite:///a#b", .hasOptions), ("sqlite:///a\0b", .unreadable), ("postgres://a\0b", .unreadable),
        ] as [(String, StoreLocationFault)])
    func `anything else is refused with what was expected`(text: String, fault: StoreLocationFault) {
        #expect(throws: fault) { try StoreLocation(text) }
    }
}
