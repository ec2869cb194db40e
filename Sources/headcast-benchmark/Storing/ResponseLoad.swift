import CBaseline
import Clocks
import Endpoints
import Glibc

/// POSTs responses to a recorder at 127.0.0.1, from one thread: the caller's.
///
/// No two loads answer the same message, also those of another run of this program on the same database.
final class ResponseLoad {
    static let payload = Payload(count: 200)

    /// How many responses a request has; several are a batch.
    let responsesPerRequest: Int
    /// How many answer each message, all with the same payload: the first makes the record.
    let responders: Int
    private let request: [UInt8]
    private let offsets: [Int]
    private var next: UInt64 = 0

    private static let messageNumber = "000000000000"
    private static let responderNumber = "0000"

    init(responsesPerRequest: Int = 1, responders: Int = 1) {
        self.responsesPerRequest = responsesPerRequest
        self.responders = responders
        // Version 7 (RFC 9562, section 5.7): when this began, what kind of load it is, and the number of the message.
        let time = Self.digits(Int(Timestamp.now.milliseconds), count: 12)
        let kind = "7\(Self.digits(responsesPerRequest, count: 3))-8\(Self.digits(responders, count: 3))"
        let head = #"{"messageId":"\#(time.prefix(8))-\#(time.suffix(4))-\#(kind)-"#
        let rest =
            #"","key":"total","responder":"pod-\#(Self.responderNumber)","payload":"\#(Self.payload.text)"}"# + "\n"
        let body = String(repeating: head + Self.messageNumber + rest, count: responsesPerRequest)
        let path = responsesPerRequest == 1 ? "/responses" : "/responses/batch"
        let headers =
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        request = Array((headers + body).utf8)
        let entryBytes = body.utf8.count / responsesPerRequest
        offsets = (0..<responsesPerRequest).map { headers.utf8.count + $0 * entryBytes + head.utf8.count }
    }

    /// Each connection sends a request, and the next whenever one is answered, for `time`.
    func run(on endpoint: Endpoint, connections: Int, for time: Duration) throws -> LoadOutcome {
        var outcome = baseline_outcome()
        let result = request.withUnsafeBytes { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                var numbers = baseline_numbers(
                    offsets: offsets.baseAddress, count: offsets.count,
                    responderDistance: Self.responderDistance, responders: UInt32(responders), next: next)
                defer { next = numbers.next }
                return withUnsafeMutablePointer(to: &numbers) { numbers in
                    var load = baseline_load(
                        port: endpoint.port, connections: Int32(connections),
                        request: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), requestBytes: bytes.count,
                        stampOffset: 0, numbers: numbers, rate: 0, nanoseconds: UInt64(max(0, time.nanoseconds)))
                    return baseline_load_run(&load, &outcome)
                }
            }
        }
        let code = errno
        guard result == 0 else {
            throw BenchmarkFailure("cannot make \(connections) connections to \(endpoint)", code)
        }
        return LoadOutcome(outcome)
    }

    private static let responderDistance = (messageNumber + #"","key":"total","responder":"pod-"#).utf8.count

    private static func digits(_ number: Int, count: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text.suffix(count)
    }
}
