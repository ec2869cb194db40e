import FoundationEssentials

/// A folder that is gone, with all that is in it, when nobody refers to it any more.
final class TemporaryFolder: Sendable {
    private let url: URL

    /// - Parameter name: what its name begins with.
    init(_ name: String) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(of file: String) -> String {
        url.appending(path: file).path(percentEncoded: false)
    }
}
