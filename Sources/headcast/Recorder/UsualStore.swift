import Glibc
import Records

/// Where records are kept unless it is said: in a file of the user, or of the system where the user has no home.
struct UsualStore {
    /// Its folder is made when it is needed.
    private let folder: String

    /// Whoever is root, or has no home, has `/var/lib/headcast`; others what XDG has for state (XDG Base Directory
    /// Specification 0.8).
    init(in environment: [String: String], isRoot: Bool = geteuid() == 0) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? $0 : nil }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            folder = state + "/headcast"
        } else if let home, !isRoot {
            folder = home + "/.local/state/headcast"
        } else {
            folder = "/var/lib/headcast"
        }
    }

    var location: StoreLocation { .sqlite(path: folder + "/recorder.db") }

    /// Makes the folder, and those it stands in, for the user alone.
    func makeFolder() throws {
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            guard mkdir(path, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || access(path, F_OK) == 0 else {
                throw ProgramFailure("cannot make the folder \(path)", code)
            }
        }
    }
}
