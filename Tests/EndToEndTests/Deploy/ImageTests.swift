import Foundation
import Testing

/// The image of `deploy/Containerfile`, run as strictly as a cluster may run it.
@Suite(.onStageAlone, .enabled(if: Image.isPossible, Image.need))
struct ImageTests {
    @Test func `any user publishes from a read-only root, without rights, and all end with 0`() async throws {
        let engine = try await ContainerEngine.start()
        let user = "\(Int.random(in: 100_000...2_000_000_000)):0"
        let subscriber = try await engine.start(["subscribe", "--listen", "127.0.0.1:12000"], as: user)
        let container = try await engine.start(["gateway", "--topic", "orders=static://127.0.0.1:12000"], as: user)
        #expect(try await engine.gateway.get("/livez").status == 200)
        let response = try await engine.gateway.publish("hello")
        #expect(response.status == 201, "\(response)")
        #expect(response.json["sent"].int == 1)
        try await eventually("it is received", or: { await engine.log(of: subscriber) }) {
            await engine.log(of: subscriber).split(separator: "\n").contains("hello")
        }
        for id in [container, subscriber] {
            #expect(try await engine.stop(id) == "0")
        }
    }

    @Test func `it is reached over IPv4 and over IPv6, and asks itself how it does`() async throws {
        let engine = try await ContainerEngine.start()
        let topic = "orders=static://127.0.0.1:12000"
        let container = try await engine.start(["gateway", "--topic", topic], as: "65532:65532")
        for address in ["127.0.0.1", "[::1]"] {
            #expect(try await Curl.run(["http://\(address):8080/livez"], in: engine.place).response.status == 200)
        }
        let status = try await engine.podman("exec", container, "headcast", "status")
        #expect(status.contains("orders"), "\(status)")
    }

    @Test func `it says how it is run`() async throws {
        let engine = try await ContainerEngine.start()
        let text = try await engine.podman("image", "inspect", "--format", "{{json .Config}}", Image.name)
        let settings = try #require(JSON(text: text), "\(text)")
        #expect(settings["User"].string == "65532:65532")
        #expect(settings["Entrypoint"].list == [.string("/usr/local/bin/headcast")])
        #expect(settings["Cmd"].list == [.string("gateway")])
        #expect(settings["Env"].list.contains(.string("HEADCAST_LISTEN=[::]:8080")))
        #expect(settings["ExposedPorts"].names == ["8080/tcp"])
        #expect(settings["Volumes"] == .null)
        #expect(settings["Labels"]["org.opencontainers.image.title"].string == "Headcast")
    }

    @Test func `it holds the program and its libraries, readable by all, writable by none but for one folder`()
        async throws
    {
        var files = try await files()
        // Where the recorder has its file: its user, or whoever is in group 0.
        let state = try #require(files.firstIndex { $0.name == "var/lib/headcast/" })
        let folder = files.remove(at: state)
        #expect(folder.mode == "drwxrwx---" && folder.owner == "65532/0", "\(folder)")
        let bytes = files.reduce(0) { $0 + $1.bytes }
        // 39 MB when it was written: the program 17, the libraries 22, with those of curl for half of it.
        #expect(bytes < 48_000_000, "\(bytes) bytes: \(files.sorted { $0.bytes > $1.bytes }.prefix(10))")
        for file in files {
            #expect(["-rwxr-xr-x", "-rw-r--r--", "drwxr-xr-x"].contains(file.mode), "\(file)")
            #expect(file.owner == "0/0", "\(file)")
        }
        let names = Set(files.map(\.name))
        #expect(names.isSuperset(of: ["usr/local/bin/headcast", "etc/passwd", "etc/ssl/certs/ca-certificates.crt"]))
        #expect(names.isDisjoint(with: ["tmp/", "bin/sh", "usr/bin/sh"]))
    }

    private struct File {
        let mode: String
        let owner: String
        let bytes: Int
        let name: String
    }

    /// What the layers of the image hold.
    private func files() async throws -> [File] {
        let engine = try await ContainerEngine.start()
        let path = try Stage.current.path("files.tar")
        let container = try await engine.podman("create", Image.name)
        try await engine.podman("export", "--output", path, container)
        let tar = ["/bin/tar", "--numeric-owner", "-tvf", path]
        let listing = try Stage.current.start(tar, name: "tar")
        #expect(try await listing.end() == .exited(0), "\(listing.account)")
        return try listing.lines.map { line in
            let columns = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            try #require(columns.count >= 6, "\(line)")
            return File(
                mode: columns[0], owner: columns[1], bytes: Int(columns[2]) ?? 0,
                name: columns.dropFirst(5).joined(separator: " "))
        }
    }
}
