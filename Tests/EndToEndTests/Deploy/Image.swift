import Foundation
import Glibc
import Testing

/// The image that `deploy/Containerfile` makes, as users build it.
enum Image {
    static let name = "localhost/headcast"

    static var isPossible: Bool {
        let tools = [Tool.podman, Tool.dockerCompose, Tool.debootstrap, Tool.unshare]
        // The machine's Swift builds inside the image's Debian, so it has to be made for that one.
        let system = FileManager.default.contents(atPath: "/etc/os-release") ?? Data()
        let isBookworm = String(decoding: system, as: UTF8.self).contains("VERSION_CODENAME=bookworm")
        return Network.isPossible && isBookworm && tools.allSatisfy { $0 != nil }
    }

    static let need: Comment =
        "needs Debian 12, root, network namespaces, podman, docker-compose and debootstrap: run ./deploy/test as root"

    /// The image as an archive; builds it if anything has changed since the last build.
    ///
    /// Minutes on a fresh machine: a Debian is fetched, and the release built in it; `.build/image` keeps both.
    static func archive() async throws -> String {
        let folder = Tool.root + "/.build/image"
        let script = ["/bin/bash", Tool.part("image.sh"), Tool.root, folder]
        let program = try Stage.current.start(try alone(script), name: "image")
        let ending = try await program.end(within: .seconds(900))
        try #require(ending == .exited(0), "\(program.account)")
        return folder + "/headcast.tar"
    }

    /// `command` in namespaces of its own: when it is gone, so are its processes and its mounts.
    static func alone(_ command: [String]) throws -> [String] {
        [try #require(Tool.unshare), "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"] + command
    }
}
