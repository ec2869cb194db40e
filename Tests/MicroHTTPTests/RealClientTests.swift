import Clocks
import Foundation
import Glibc
import MicroHTTP
import Testing

struct RealClientTests {
    @Test func `curl sees the refusal of a body of 3 MB`() throws {
        let output = try run(
            "curl", ["-s", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@-", "URL"],
            input: Data(count: 3_000_000))
        #expect(output == "413")
    }

    @Test func `curl sees the refusal without waiting to send`() throws {
        let output = try run(
            "curl",
            ["-s", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Expect:", "-T", "-", "URL"],
            input: Data(count: 3_000_000))
        #expect(output == "413")
    }

    @Test func `urllib sees the refusal of a body of 3 MB`() throws {
        let program = """
            import sys, urllib.request, urllib.error
            try:
                urllib.request.urlopen(sys.argv[1], bytes(3000000), 20)
            except urllib.error.HTTPError as error:
                print(error.code, end="")
            """
        #expect(try run("python3", ["-c", program, "URL"]) == "413")
    }

    @Test func `curl gets what it posted`() throws {
        let output = try run("curl", ["-s", "--max-time", "20", "-d", "hello", "URL"])
        #expect(output == "hello")
    }

    /// Runs a program against a server that echoes bodies of up to 1,232 bytes; "URL" in its arguments is the server's.
    private func run(_ program: String, _ arguments: [String], input: Data = Data()) throws -> String {
        let harness = try ServerHarness { exchange in
            let body = exchange.withBody { $0.withUnsafeBytes { Array($0) } }
            exchange.respond(HTTPResponse(status: 200, body: body))
        }
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments.map { $0 == "URL" ? "http://\(harness.server.endpoint)/" : $0 }
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        try process.run()
        let limit = Instant.now + .seconds(30)
        while process.isRunning, Instant.now < limit { harness.step() }
        if process.isRunning { process.terminate() }
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
