import Glibc
import Records

extension StoreLocation {
    /// Throws where a file cannot be because of the folders there are, before anything tells that the recorder is up.
    func check() throws {
        guard case .sqlite(let path) = self else { return }
        guard !isFolder(path) else {
            let example = StoreLocation.sqlite(path: path.hasSuffix("/") ? path + "recorder.db" : path + "/recorder.db")
            throw ProgramFailure(
                "cannot use the store \(self): \(path) is a folder, and records are kept in a file",
                hint: "--store \(example) names a file in it")
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard folder.isEmpty || isFolder(folder) || isHidden(folder) else {
            throw ProgramFailure(
                "cannot use the store \(self): there is no folder \(folder)",
                hint: "make it, or give another place with --store")
        }
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether something other than its lack keeps us from looking at it; whoever opens the file will say what.
private func isHidden(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && ![ENOENT, ENOTDIR].contains(errno)
}
