import Foundation
import Service
import Testing

@testable import Gateway

struct ReadmeTests {
    private var readme: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        }
    }

    @Test func `every setting of the gateway is in the README with its names and its default`() throws {
        let readme = try readme
        let defaults = GatewayConfiguration(name: "pod or host")
        for setting in GatewaySettings.table.settings {
            let row = """
                | `--\(setting.flag)` | `\(setting.environment)` | `\(setting.key)` | \(setting.text(defaults)) \
                | \(setting.help) |
                """
            #expect(readme.contains(row), "\(row)")
        }
    }

    @Test func `every key of a topic is in the README with its default`() throws {
        let readme = try readme
        let defaults = TopicConfiguration(name: "name", source: .static([]))
        for setting in TopicSettings.table.settings {
            let row = "| `\(setting.key)` | \(setting.text(defaults)) | \(setting.help) |"
            #expect(readme.contains(row), "\(row)")
        }
    }

    @Test func `every error code is in the README with its status`() throws {
        let readme = try readme
        for code in ErrorCode.allCases {
            let row = "| \(code.status) | `\(code.rawValue)` |"
            #expect(readme.contains(row), "\(row)")
        }
    }

    @Test func `the README names no setting that does not exist`() throws {
        let flags = Set(GatewaySettings.table.settings.map { "--\($0.flag)" })
        for row in try readme.matches(of: #/\| `(--[a-z-]+)` \|/#) { #expect(flags.contains(String(row.1))) }
    }
}
