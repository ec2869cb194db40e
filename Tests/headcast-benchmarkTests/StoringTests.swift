import Clocks
import Glibc
import Records
import Testing

@testable import headcast_benchmark

struct StoringTests {
    @Test func `the metrics of a recorder are read from among others`() {
        let metrics = RecorderMetrics(
            """
            # HELP headcast_responses_total Responses acknowledged, by what came of them.
            headcast_responses_total{outcome="stored"} 20
            headcast_responses_total{outcome="repeated"} 60
            headcast_responses_total{outcome="diverged"} 0
            headcast_responses_refused_total{code="overloaded"} 7
            headcast_group_responses_bucket{le="1"} 3
            headcast_group_responses_sum 80
            headcast_group_responses_count 4

            """)
        #expect(metrics.meanGroup == 20)
        #expect(metrics.newPercent == 25)
        let none = metrics.since(metrics)
        #expect(none.meanGroup == nil)
        #expect(none.newPercent == nil)
    }

    @Test(arguments: [("254:0", "ext4 of /dev/vda"), ("0:25", "tmpfs of shm"), ("8:1", nil), ("", nil)])
    func `a file system is named by its device`(device: String, name: String?) {
        let mounts = """
            22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            30 22 0:25 / /dev/shm rw,nosuid shared:4 master:1 - tmpfs shm rw
            31 22 8:1 /
            """
        #expect(FileSystem.name(of: device, in: mounts) == name)
    }

    @Test func `the file system of a folder is known, and of what is not there it is not`() {
        #expect(FileSystem(of: "/proc").name == "proc of proc")
        #expect(FileSystem(of: "/nowhere").name == "an unknown file system")
    }

    @Test(arguments: [1, 500]) func `the bare loop stores rows, and its folder goes with it`(rowsPerCommit: Int) throws
    {
        var path = ""
        do {
            let folder = try TemporaryFolder(in: "/tmp")
            path = folder.path
            let rows = try RowLoop(.sqlite(path: "\(path)/rows.db"))
            #expect(try rows.perSecond(rowsPerCommit, for: .zero) > 0)
            #expect(try rows.perSecond(rowsPerCommit, for: .milliseconds(5)) > 0)
            #expect(folder.bytes > 0)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a loop that has no place is told of`() {
        let server = StoreLocation.postgreSQL(url: "postgres://nobody:secret@127.0.0.1:1/headcast")
        let failure = #expect(throws: BenchmarkFailure.self) { try RowLoop(server) }
        #expect(
            failure?.description
                == "a bare loop cannot make its table in postgres://nobody:***@127.0.0.1:1/headcast")
        #expect(throws: BenchmarkFailure.self) { try RowLoop(.sqlite(path: "/nowhere/rows.db")) }
    }
}
