import Clocks
import Endpoints
import Foundation
import JSON
import Service
import Testing

struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `members stand in the order written, with commas between`() {
        let json = text {
            $0.object {
                $0.field("b", 1)
                $0.object("error") { $0.field("code", "x") }
                $0.array("items") {
                    $0.object { _ in }
                    $0.value("y")
                    $0.array { _ in }
                    $0.value(true)
                }
                $0.null("next")
                $0.field("a", false)
            }
        }
        #expect(json == #"{"b":1,"error":{"code":"x"},"items":[{},"y",[],true],"next":null,"a":false}"#)
    }

    @Test func `a document that was written stands in another, whole or by its members`() {
        let error = ErrorBody(.notFound, "x").bytes()
        var empty = JSONWriter()
        empty.object { _ in }
        let json = text { json in
            json.object {
                $0.field("status", 404)
                $0.members(of: empty.bytes)
                $0.members(of: error)
                $0.field("whole", document: error)
                $0.field("empty", document: empty.bytes)
            }
        }
        let members = #""error":{"code":"not_found","message":"x"}"#
        #expect(json == #"{"status":404,\#(members),"whole":{\#(members)},"empty":{}}"#)
    }

    @Test func `integers are exact to their extremes`() {
        let json = text {
            $0.array {
                $0.value(UInt64.max)
                $0.value(Int64.min)
                $0.value(Int.max)
                $0.value(UInt16(0))
                $0.value(Int32(-1))
            }
        }
        #expect(json == "[18446744073709551615,-9223372036854775808,9223372036854775807,0,-1]")
    }

    @Test func `doubles are the shortest that read back, and null where JSON has none`() {
        let json = text {
            $0.array { for value in [0.1, 5, -0.0, 1e300, .nan, .infinity, 1e-7] { $0.value(value) } }
        }
        #expect(json == "[0.1,5,-0,1e+300,null,null,1e-07]")
    }

    @Test func `durations are seconds, exact to the nanosecond`() {
        let json = text {
            $0.array {
                for value in [.zero, .milliseconds(50), .seconds(10), .nanoseconds(1), .milliseconds(-1_500)]
                    as [Duration]
                {
                    $0.value(value)
                }
            }
        }
        #expect(json == "[0,0.05,10,0.000000001,-1.5]")
    }

    @Test func `timestamps and endpoints are text`() {
        let json = text {
            $0.object {
                $0.field("at", Timestamp(nanoseconds: 0))
                $0.field("endpoint", Endpoint(address: .loopback, port: 80))
            }
        }
        #expect(json == #"{"at":"1970-01-01T00:00:00.000Z","endpoint":"127.0.0.1:80"}"#)
    }

    @Test func `what is absent is null`() {
        let json = text {
            $0.object {
                $0.field("a", String?.none)
                $0.field("b", Optional(3))
            }
        }
        #expect(json == #"{"a":null,"b":3}"#)
    }

    @Test func `quotation marks, backslashes and control characters are escaped`() {
        #expect(text { $0.value("\"\\/\n\r\t\u{0}\u{1F}\u{7F}é🎉") } == #""\"\\/\n\r\t\u0000\u001F"# + "\u{7F}é🎉\"")
    }

    @Test func `a name known at run time is escaped`() {
        #expect(text { json in json.object { $0.field(named: "a\"b", 1) } } == #"{"a\"b":1}"#)
    }

    @Test func `any string reads back as itself`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x300, using: &generator)) }
            let string = String(String.UnicodeScalarView(scalars))
            let bytes = text { json in json.array { $0.value(string) } }
            let back = try JSONSerialization.jsonObject(with: Data(bytes.utf8)) as? [String]
            #expect(back?.first.map { Array($0.utf8) } == Array(string.utf8))
        }
    }

    @Test func `bytes that are not UTF-8 are replaced, never written`() throws {
        for _ in 0..<200 {
            let garbage = (0..<16).map { _ in UInt8.random(in: 0...255) }
            var json = JSONWriter()
            json.array { $0.value(utf8: garbage.span) }
            #expect(String(validating: json.bytes, as: UTF8.self) != nil)
            let back = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String]
            #expect(
                back?.first?.unicodeScalars.elementsEqual(String(decoding: garbage, as: UTF8.self).unicodeScalars)
                    == true)
        }
    }

    @Test func `a cleared writer starts a new document`() {
        let json = text {
            $0.value(1)
            $0.clear()
            $0.value(2)
            $0.newline()
            $0.value(3)
        }
        #expect(json == "2\n3")
    }
}
