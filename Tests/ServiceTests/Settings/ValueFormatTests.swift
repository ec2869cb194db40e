import Clocks
import Endpoints
import Service
import Testing

struct ValueFormatTests {
    private static let duration = ValueFormat<Duration>.duration(.zero ... .seconds(86_400))
    private static let size = ValueFormat<Int>.size(0...(1 << 40))

    private func expected<Value>(_ format: ValueFormat<Value>, _ text: String) -> String? {
        do throws(Expected) {
            _ = try format.parse(text)
            return nil
        } catch {
            return error.text
        }
    }

    @Test(arguments: [
        ("250us", Duration.microseconds(250)), ("50ms", .milliseconds(50)), ("5s", .seconds(5)), ("2m", .seconds(120)),
        ("1h", .seconds(3_600)), ("0", .zero),
    ])
    func `a duration is a whole number and a unit, and is written back the same`(text: String, value: Duration) throws {
        #expect(try Self.duration.parse(text) == value)
        #expect(Self.duration.text(value) == text)
    }

    @Test(arguments: [
        "", "soon", "10", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1d", "1m30s", "١s", "1\0s",
        "9223372036854775807h", "99999999999999999999s", "0x10s", "1e3s",
    ])
    func `what is no duration is refused with an example`(text: String) {
        #expect(expected(Self.duration, text) == "a duration like 10s")
    }

    @Test func `a duration out of range is refused with the range`() {
        let spacing = ValueFormat<Duration>.duration(.milliseconds(1) ... .seconds(60))
        #expect(expected(spacing, "999us") == "1ms to 1m")
        #expect(expected(spacing, "61s") == "1ms to 1m")
        #expect(expected(spacing, "60s") == nil)
    }

    @Test(arguments: [
        ("1232", 1_232), ("0", 0), ("1B", 1), ("64KiB", 65_536), ("16MiB", 16_777_216), ("1GiB", 1 << 30),
        ("1kB", 1_000), ("1KB", 1_000), ("1MB", 1_000_000), ("2GB", 2_000_000_000),
    ])
    func `a size is bytes or a unit of them`(text: String, value: Int) throws {
        #expect(try Self.size.parse(text) == value)
        #expect(try Self.size.parse(Self.size.text(value)) == value)
    }

    @Test(arguments: [
        "", "KiB", "-1", "1.5MiB", "1 KiB", "64kib", "1K", "9223372036854775807GiB", "99999999999999999999", "½",
    ])
    func `what is no size is refused with an example`(text: String) {
        #expect(expected(Self.size, text) == "a number of bytes like 1232 or 64KiB")
    }

    @Test func `a size out of range is refused with the range`() {
        #expect(expected(ValueFormat.size(64 << 10...1 << 30), "1KiB") == "64KiB to 1GiB")
        #expect(expected(ValueFormat.size(1...65_507), "65508") == "1 to 65507")
    }

    @Test(arguments: ["", "0", "17", "-1", "+1", "1.0", "many", " 1", "99999999999999999999", "１"])
    func `an integer out of range is refused with the range`(text: String) {
        #expect(expected(ValueFormat.integer(1...16), text) == "1 to 16")
    }

    @Test(arguments: ["127.0.0.1:8080", "0.0.0.0:0", "[::]:8080", "[2001:db8::1]:65535"])
    func `an endpoint is an address and a port`(text: String) throws {
        #expect(try ValueFormat.endpoint.text(ValueFormat.endpoint.parse(text)) == text)
    }

    @Test(arguments: [
        "", ":", ":8080", "x", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "256.0.0.1:1", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80", "[fe80::1%lo]:80",
        "127.0.0.1:80\0",
        "127.0.0.1\0:80", " 127.0.0.1:80",
    ])
    func `what is no endpoint is refused with examples`(text: String) {
        #expect(
            expected(ValueFormat.endpoint, text) == "ADDRESS:PORT like 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080"
        )
    }

    @Test func `an optional value may be none`() throws {
        let format = ValueFormat<Endpoint?>.optional(.endpoint)
        #expect(try format.parse("none") == nil)
        #expect(format.text(nil) == "none")
        #expect(expected(ValueFormat<Int?>.optional(.integer(1...2)), "3") == "1 to 2, or none")
    }

    @Test func `a choice names the nearest`() {
        #expect(expected(ValueFormat<LogFormat>.choice, "jason") == "auto, text, json (did you mean json?)")
        #expect(expected(ValueFormat<LogFormat>.choice, "") == "auto, text, json")
    }

    @Test func `a boolean is true or false`() throws {
        #expect(try ValueFormat.boolean.parse("true"))
        #expect(expected(ValueFormat.boolean, "yes") == "true or false")
    }
}
