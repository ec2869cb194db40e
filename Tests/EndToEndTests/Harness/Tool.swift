import Foundation
import Glibc

/// Where the programs are that the tests run.
enum Tool {
    static let clang = find("clang")
    static let curl = find("curl")
    static let debootstrap = find("debootstrap")
    static let dockerCompose = find("docker-compose")
    static let go = find("go")
    static let ip = find("ip")
    static let java = find("java")
    static let javac = find("javac")
    static let knotc = find("knotc")
    static let knotd = find("knotd")
    static let nft = find("nft")
    static let openssl = find("openssl")
    static let podman = find("podman")
    static let prometheus = find("prometheus")
    static let promtool = find("promtool")
    static let python = find("python3", first: ["/usr/bin"])
    static let setpriv = find("setpriv")
    static let swiftc = find("swiftc")
    static let unshare = find("unshare")
    static let wrk = find("wrk")

    /// The program under test: beside the test bundle, as the build left it, or where `HEADCAST_PROGRAM` says.
    static let headcast: String? = {
        if let given = ProcessInfo.processInfo.environment["HEADCAST_PROGRAM"] { return given }
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return find("headcast", first: [bundle.deletingLastPathComponent().path, root + "/.build/debug"])
    }()

    /// The directory of the package.
    static let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
        .replacingOccurrences(of: "//", with: "/")

    /// A script of `Parts`.
    static func part(_ name: String) -> String { root + "/Tests/EndToEndTests/Parts/" + name }

    private static func find(_ name: String, first: [String] = []) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let directories = first + path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return directories.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
