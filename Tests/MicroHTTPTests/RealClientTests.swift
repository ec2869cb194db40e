import Clocks
import Glibc
import MicroHTTP
import Testing

struct RealClientTests {
    @Test func `curl gets what it posted`() throws {
        #expect(try output(of: "curl -s --max-time 20 -d hello $URL") == "hello")
    }

    @Test func `curl sees the refusal of a body of 3 MB`() throws {
        let curl = "curl -s --max-time 20 -o /dev/null -w '%{http_code}' --data-binary @- $URL"
        #expect(try output(of: "head -c 3000000 /dev/zero | \(curl)") == "413")
    }

    @Test func `curl sees the refusal when it sends without asking`() throws {
        let curl = "curl -s --max-time 20 -o /dev/null -w '%{http_code}' -H Expect: --data-binary @- $URL"
        #expect(try output(of: "head -c 3000000 /dev/zero | \(curl)") == "413")
    }

    @Test func `curl sees the refusal of a chunked body of 3 MB`() throws {
        let curl = "curl -s --max-time 20 -o /dev/null -w '%{http_code}' -H Expect: -T - $URL"
        #expect(try output(of: "head -c 3000000 /dev/zero | \(curl)") == "413")
    }

    @Test func `urllib sees the refusal of a body of 3 MB`() throws {
        let program = """
            import sys, urllib.request, urllib.error
            try:
                urllib.request.urlopen(sys.argv[1], bytes(3000000), 20)
            except urllib.error.HTTPError as error:
                print(error.code, end="")
            """
        #expect(try output(of: "python3 -c '\(program)' $URL") == "413")
    }

    /// What a shell command prints whose `$URL` is a server that echoes bodies of up to 1,232 bytes.
    private func output(of command: String) throws -> String {
        let harness = try ServerHarness { exchange in
            let body = exchange.withBody { $0.withUnsafeBytes { Array($0) } }
            exchange.respond(HTTPResponse(status: 200, body: body))
        }
        let pipe = try #require(popen("URL=http://\(harness.server.endpoint)/; \(command)", "re"))
        defer { pclose(pipe) }
        let descriptor = fileno(pipe)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var output: [UInt8] = []
        let limit = Instant.now + .seconds(30)
        while Instant.now < limit {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count > 0 { output += buffer[..<count] }
            harness.step()
        }
        return String(decoding: output, as: UTF8.self)
    }
}
