import Foundation
import Testing

extension Manifests {
    /// A copy of a folder of the package, with those beside it, for the test to change.
    static func copy(of folder: String) throws -> String {
        let path = try Stage.current.path("deploy")
        try FileManager.default.copyItem(atPath: Tool.root + "/deploy", toPath: path)
        return path + folder.dropFirst("deploy".count)
    }

    /// Changes something in a file that has to be there.
    static func edit(_ file: String, in folder: String, replacing old: String, with new: String) throws {
        let path = "\(folder)/\(file)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }
}
