import Foundation
import HTTPForTests

extension RunningGateway {
    func publish(_ text: String, to target: String = "/publish/orders", headers: [String] = []) throws -> Reply {
        try call("POST", target, Array(text.utf8), headers: headers)
    }

    /// Publishes `count` empty messages on one connection, a hundred at a time without waiting in between.
    func publishMany(_ count: Int) throws {
        let connection = try connected()
        defer { close(connection) }
        let request = Array("POST /publish/orders HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n".utf8)
        let answer = Array("HTTP/1.1 20".utf8)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: 0, to: count, by: 100) {
            let expected = min(100, count - start)
            let requests = Array(repeatElement(request, count: expected).joined())
            _ = send(connection, requests, requests.count, Int32(MSG_NOSIGNAL))
            var answers: [UInt8] = []
            while answers.ranges(of: answer).count < expected || !answers.suffix(2).elementsEqual("}\n".utf8) {
                let received = read(connection, &buffer, buffer.count)
                guard received > 0 else { throw CocoaError(.fileReadUnknown) }
                answers += buffer[..<received]
            }
        }
    }
}
