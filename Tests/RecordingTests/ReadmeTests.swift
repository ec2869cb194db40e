import Foundation
import Records
import Service
import Testing

@testable import Recording

struct ReadmeTests {
    private var readme: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        }
    }

    /// Of those that the gateway has, too, the README says it there.
    @Test func `every setting of the recorder is in the README with its default`() throws {
        let readme = try readme
        let usual = RecorderConfiguration(name: "pod or host", store: .sqlite(path: "/var/lib/headcast/recorder.db"))
        for setting in RecorderSettings.table.settings {
            let row = "| `\(setting.key)` | \(setting.text(usual)) | \(setting.help) |"
            let name = setting.key == "name" ? "What the gateway calls itself in receipts and status" : setting.help
            let shared = """
                | `--\(setting.flag)` | `\(setting.environment)` | `\(setting.key)` | \(setting.text(usual)) | \(name) |
                """
            #expect(readme.contains(row) || readme.contains(shared), "\(row)")
        }
    }
}
