import Endpoints
import Foundation
import Testing

@testable import Service

struct SettingTableTests {
    private struct Configuration {
        var listen = Endpoint(address: .loopback, port: 8_080)
        var drainTimeout = Duration.seconds(10)
        var copies = 1
    }

    private let table = SettingTable<Configuration>([
        Setting("listen", "ADDRESS:PORT", "Where HTTP is served", \.listen, .endpoint),
        Setting("drainTimeout", "DURATION", "How long", \.drainTimeout, .duration(.zero ... .seconds(60))),
        Setting("copies", "COUNT", "How many", \.copies, .integer(1...16)),
    ])

    private func load(
        file: String? = nil, environment: [String: String] = [:], _ arguments: String...
    ) throws -> (configuration: Configuration, faults: [String]) {
        var configuration = Configuration()
        guard let file else {
            let faults = table.load(into: &configuration, arguments: arguments, environment: environment)
            return (configuration, faults.map(\.description))
        }
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).yaml"
        try file.write(toFile: path, atomically: false, encoding: .utf8)
        defer { unlink(path) }
        let faults = table.load(
            into: &configuration, arguments: ["--config", path] + arguments, environment: environment
        )
        return (configuration, faults.map { $0.description.replacingOccurrences(of: path, with: "headcast.yaml") })
    }

    @Test func `flag and variable follow from the key`() {
        #expect(table.settings.map(\.flag) == ["listen", "drain-timeout", "copies"])
        #expect(table.settings.map(\.environment) == ["HEADCAST_LISTEN", "HEADCAST_DRAIN_TIMEOUT", "HEADCAST_COPIES"])
    }

    @Test func `flags win over the environment, which wins over the file`() throws {
        let file = "listen: 127.0.0.1:1\ndrainTimeout: 1s\ncopies: 2\n"
        let environment = ["HEADCAST_DRAIN_TIMEOUT": "2s", "HEADCAST_COPIES": "3"]
        let (configuration, faults) = try load(file: file, environment: environment, "--copies", "4")
        #expect(faults.isEmpty)
        #expect(configuration.listen.port == 1)
        #expect(configuration.drainTimeout == .seconds(2))
        #expect(configuration.copies == 4)
    }

    @Test func `all faults of all layers are reported together, each with where it came from`() throws {
        let file = "# mine\nlisten: here\n\ncopies: many\nlisten_on: x\ndrainTimeout: [1s]\n"
        let environment = ["HEADCAST_DRAIN_TIMEOUT": "soon", "HEADCAST_LISEN": "x"]
        let (_, faults) = try load(file: file, environment: environment, "--listen", "x", "--copis=2", "--copies", "17")
        let endpoints = "expected ADDRESS:PORT like 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080"
        #expect(
            faults == [
                "headcast.yaml:2: listen is \"here\"; \(endpoints)",
                "headcast.yaml:4: copies is \"many\"; expected 1 to 16",
                "headcast.yaml:5: listen_on is unknown; did you mean listen?",
                "headcast.yaml:6: drainTimeout is a list; expected a single value",
                "HEADCAST_DRAIN_TIMEOUT is \"soon\"; expected a duration like 10s",
                "HEADCAST_LISEN is unknown; did you mean HEADCAST_LISTEN?",
                "--listen is \"x\"; \(endpoints)",
                "--copis is unknown; did you mean --copies?",
                "--copies is \"17\"; expected 1 to 16",
            ]
        )
    }

    @Test func `a flag takes its value after a space or an equals sign, and the last counts`() throws {
        let (configuration, faults) = try load("--copies", "2", "--copies=3", "--listen=[::1]:5")
        #expect(faults.isEmpty)
        #expect(configuration.copies == 3)
        #expect(configuration.listen.description == "[::1]:5")
    }

    @Test func `arguments that are no flags and flags without values are faults`() throws {
        let (_, faults) = try load("x", "--copies", "--listen")
        #expect(
            faults == [
                "unexpected argument \"x\"; expected flags like --listen 127.0.0.1:8080", "--copies needs a value",
                "--listen needs a value",
            ]
        )
        #expect(
            try load("--bogus", "--copis", "--copies", "2").faults == [
                "--bogus is unknown", "--copis is unknown; did you mean --copies?",
            ])
        #expect(try load("--config").faults == ["--config needs a value"])
        #expect(try load("--").faults.count == 1)
        #expect(try load("-").faults.count == 1)
        #expect(try load("").faults.count == 1)
        #expect(try load("--=x").faults == ["-- is unknown"])
    }

    @Test func `an empty variable counts as not set and a null in a file keeps the default`() throws {
        let (configuration, faults) = try load(
            file: "copies:\n", environment: ["HEADCAST_COPIES": "", "HEADCAST_X": "", "HOME": "/root"]
        )
        #expect(faults.isEmpty)
        #expect(configuration.copies == 1)
    }

    @Test(arguments: [
        "HEADCAST_SERVICE_HOST", "HEADCAST_SERVICE_PORT", "HEADCAST_SERVICE_PORT_HTTP", "HEADCAST_PORT",
        "HEADCAST_PORT_80_TCP", "HEADCAST_PORT_80_TCP_PROTO", "HEADCAST_GATEWAY_PORT_8080_UDP_ADDR",
        "HEADCAST_GATEWAY_SERVICE_HOST",
    ])
    func `variables that Kubernetes makes for a Service are left alone`(name: String) throws {
        #expect(try load(environment: [name: "tcp://10.0.0.1:80"]).faults.isEmpty)
    }

    @Test(arguments: ["HEADCAST_PORTS", "HEADCAST_PORT_X_TCP", "HEADCAST_", "HEADCAST_PORT_80"])
    func `other unknown variables are faults`(name: String) throws {
        #expect(try load(environment: [name: "x"]).faults.count == 1)
    }

    @Test func `the environment may name the file and the flag wins`() throws {
        let environment = ["HEADCAST_CONFIG": "/nonexistent/b.yaml"]
        let expected = "no such file or directory (ENOENT)"
        #expect(try load(environment: environment).faults == ["cannot read /nonexistent/b.yaml: \(expected)"])
        #expect(
            try load(environment: environment, "--config", "/nonexistent/a.yaml").faults
                == ["cannot read /nonexistent/a.yaml: \(expected)"]
        )
        #expect(try load("--config", "/").faults == ["cannot read /: is a directory (EISDIR)"])
    }

    @Test func `a file without end is refused`() throws {
        let faults = try load("--config", "/dev/zero").faults
        #expect(faults.count == 1)
        #expect(faults.first?.hasSuffix("exceed the limit of 1048576") == true)
    }

    @Test func `a file that is no mapping is a fault`() throws {
        #expect(
            try load(file: "- a\n").faults == ["headcast.yaml:1: the file is a list; expected lines like key: value"]
        )
        #expect(try load(file: "a: [\n").faults.first?.hasPrefix("headcast.yaml:2: not valid YAML: ") == true)
        #expect(try load(file: "").faults.isEmpty)
        #expect(try load(file: "~").faults.isEmpty)
    }

    @Test func `what all names begin with does not make them resemble each other`() throws {
        #expect(try load(environment: ["HEADCAST_FOO": "x"]).faults == ["HEADCAST_FOO is unknown"])
    }

    @Test func `a key given twice in a file does not hide other faults`() throws {
        let faults = try load(file: "copies: 1\ndrainTimeout: soon\ncopies: 2\n").faults
        #expect(
            faults == [
                "headcast.yaml:3: \"copies\" is given twice, first in line 1",
                "headcast.yaml:2: drainTimeout is \"soon\"; expected a duration like 10s",
            ])
    }

    @Test func `a broken file does not hide faults elsewhere`() throws {
        #expect(try load(file: "a: [", "--copies", "0").faults.count == 2)
    }

    @Test func `values in messages are made safe and cut`() throws {
        #expect(try load("--copies", "\u{1B}[2J").faults == ["--copies is \"\\u{1B}[2J\"; expected 1 to 16"])
        #expect((try load("--copies", String(repeating: "9", count: 1_000)).faults.first?.count ?? 0) < 200)
    }

    @Test func `help shows flags, keys and defaults within 80 columns`() {
        let help = table.flagHelp(for: Configuration())
        #expect(help.contains("  --drain-timeout DURATION\n      How long (default: 10s)."))
        #expect(table.keyHelp(for: Configuration()).contains("  copies=COUNT\n      How many (default: 1)."))
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
