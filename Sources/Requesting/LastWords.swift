import CCurl
import Glibc

/// What stood unread on the connection that libcurl closed last.
///
/// A server that refuses a long body answers and closes while the body is still being sent. Where libcurl meets that end
/// with a send, it gives up and never reads the answer, although it has arrived.
final class LastWords {
    /// More than any refusal has.
    private static let maximumBytes = 64 << 10

    private var bytes: [UInt8] = []

    /// The answer that these bytes are, once; nil if they are none in full.
    func takeAnswer() -> HTTPAnswer? {
        defer { bytes = [] }
        return HTTPAnswer(message: bytes)
    }

    /// Has libcurl close the connections of `easy` through here; they must not outlive this object.
    func attach(to easy: UnsafeMutableRawPointer) -> CURLcode {
        headcast_curl_set_closer(easy, closeSocket, Unmanaged.passUnretained(self).toOpaque())
    }

    fileprivate func close(_ socket: Int32) -> Int32 {
        bytes = []
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { part in
            while bytes.count < Self.maximumBytes {
                let count = recv(socket, part.baseAddress, part.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return }
                bytes.append(contentsOf: part[..<count])
            }
        }
        return Glibc.close(socket)
    }
}

/// libcurl is done with a connection.
private func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let context else { return Glibc.close(socket) }
    return Unmanaged<LastWords>.fromOpaque(context).takeUnretainedValue().close(socket)
}
