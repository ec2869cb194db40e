import Records
import Service
import Testing

@testable import Recording

struct RecorderConfigurationTests {
    private let usual = StoreLocation.sqlite(path: "/usual/recorder.db")

    private func load(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws(Faults) -> RecorderConfiguration {
        try .load(name: "test", store: usual, arguments: arguments, environment: environment)
    }

    private func faults(_ arguments: String..., environment: [String: String] = [:]) -> [String] {
        do throws(Faults) {
            _ = try RecorderConfiguration.load(
                name: "test", store: usual, arguments: arguments, environment: environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `nothing has to be set`() throws {
        let configuration = try load()
        #expect(configuration.store == usual && configuration.name == "test")
        #expect("\(configuration.listen)" == "127.0.0.1:8090")
        #expect(configuration.retainFor == nil && configuration.retainRecords == nil)
    }

    @Test func `settings come from flags and the environment`() throws {
        let configuration = try load(
            "--store", "postgres://recorder@db/headcast", "--retain-records=1000",
            environment: ["HEADCAST_RETAIN_FOR": "720h", "HEADCAST_STORE": "sqlite:///overridden"])
        #expect(configuration.store == .postgreSQL(url: "postgres://recorder@db/headcast"))
        #expect(configuration.retainFor == .seconds(720 * 3_600) && configuration.retainRecords == 1_000)
    }

    @Test func `what is no store is told with what would be one`() {
        #expect(
            faults("--store", "mysql://x") == [
                "--store \"mysql://x\" is no store; expected sqlite:///PATH or postgres://USER@HOST/DATABASE"
            ])
        #expect(
            faults(environment: ["HEADCAST_STORE": "sqlite://r.db"]) == [
                "HEADCAST_STORE \"sqlite://r.db\" has no absolute path; expected three slashes, like sqlite:///var/lib/headcast/records.db"
            ])
    }

    @Test func `a password is shown nowhere`() throws {
        let configuration = try load("--store", "postgres://recorder:secret@db/headcast")
        let shown = RecorderSettings.table.values(of: configuration).map(\.value)
        #expect(shown.contains("postgres://recorder:***@db/headcast"))
        #expect(!shown.joined().contains("secret"))
        #expect(!faults("--store", "postgres://recorder:secret@db/\0").joined().contains("secret"))
    }

    @Test(arguments: ["--retain-for=0", "--retain-records=0", "--maximum-waiting-responses=999", "--topic=a"])
    func `what does not fit is a fault`(argument: String) {
        #expect(faults(argument).count == 1)
    }

    @Test func `every setting is read as it is written`() throws {
        var arguments: [String] = []
        let written = RecorderSettings.table.values(of: try load())
        for (setting, value) in zip(RecorderSettings.table.settings, written) {
            arguments += ["--\(setting.flag)", value.value]
        }
        let read = try RecorderConfiguration.load(name: "x", store: usual, arguments: arguments, environment: [:])
        #expect(RecorderSettings.table.values(of: read).map(\.value) == written.map(\.value))
    }
}
