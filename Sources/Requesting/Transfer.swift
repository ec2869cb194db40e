import CCurl
import ErrorNumbers
import Glibc

/// One request under way in libcurl.
final class Transfer {
    /// Nil where libcurl would not take the request.
    private(set) var easy: UnsafeMutableRawPointer?
    /// Nil until it has ended.
    private(set) var result: Result<HTTPAnswer, HTTPFailure>?

    private let timeout: Duration
    private let maximumBytes: Int
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var unsent: ArraySlice<UInt8> = []
    private var isTooLarge = false
    /// What libcurl has to say about an error, for people.
    private let explanation = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: HTTPRequest, agent: String, maximumBytes: Int) {
        timeout = request.timeout
        self.maximumBytes = maximumBytes
        explanation.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard let easy = curl_easy_init() else { return }
        self.easy = easy
        guard prepare(easy, request, agent) else {
            curl_easy_cleanup(easy)
            self.easy = nil
            result = .failure(.invalidURL)
            return
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        explanation.deallocate()
    }

    /// Takes the end of the transfer.
    ///
    /// - Parameter answer: what the server said although the request did not go through.
    func end(_ code: CURLcode, answered answer: HTTPAnswer? = nil) {
        guard let easy else { return }
        if let answer {
            result = .success(answer)
            return
        }
        guard code == CURLE_OK else {
            result = .failure(failure(code, of: easy))
            return
        }
        let retryAfter = headcast_curl_get_size(easy, CURLINFO_RETRY_AFTER)
        result = .success(
            HTTPAnswer(
                status: headcast_curl_get_long(easy, CURLINFO_RESPONSE_CODE), body: body,
                retryAfter: retryAfter > 0 ? .seconds(retryAfter) : nil))
    }

    /// Keeps the next bytes of the answer; false when it becomes too long.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= maximumBytes else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// Gives the next bytes of the request; none at its end.
    fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = unsent.prefix(buffer.count)
        buffer.copyBytes(from: part)
        unsent = unsent.dropFirst(part.count)
        return part.count
    }

    /// Whether libcurl took every option.
    private func prepare(_ easy: UnsafeMutableRawPointer, _ request: HTTPRequest, _ agent: String) -> Bool {
        // libcurl waits a second for a 100 before it sends a long body; no gateway needs to be asked first.
        for header in request.headers.map(Self.line) + ["Expect:"] { headers = curl_slist_append(headers, header) }
        let milliseconds = max(1, Int(request.timeout / .milliseconds(1)))
        var codes = [
            headcast_curl_set_pointer(easy, CURLOPT_URL, request.url),
            headcast_curl_set_pointer(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            headcast_curl_set_pointer(easy, CURLOPT_USERAGENT, agent),
            headcast_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers),
            headcast_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, explanation),
            headcast_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            // Otherwise the end of a transfer waits for the thread that looks up the host's name, whatever the time-out.
            headcast_curl_set_long(easy, CURLOPT_QUICK_EXIT, 1),
            headcast_curl_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds),
            headcast_curl_set_writer(easy, write, Unmanaged.passUnretained(self).toOpaque()),
        ]
        if !request.usesProxy { codes.append(headcast_curl_set_pointer(easy, CURLOPT_PROXY, "")) }
        if case .post(let body) = request.method {
            codes += [
                headcast_curl_set_long(easy, CURLOPT_POST, 1),
                headcast_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
                headcast_curl_set_reader(easy, read, Unmanaged.passUnretained(self).toOpaque()),
                // A request that met the end of a kept connection is repeated by libcurl, and may have been served
                // before. It cannot where it cannot go back in the body; where there is none, no connection is kept.
                headcast_curl_set_long(easy, CURLOPT_FRESH_CONNECT, body.isEmpty ? 1 : 0),
            ]
            unsent = body[...]
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    /// The field as libcurl takes it: one without a value ends in a semicolon, since a colon would take it away.
    private static func line(_ field: String) -> String {
        guard let colon = field.firstIndex(of: ":"), field[colon...].dropFirst().allSatisfy(\.isWhitespace) else {
            return field
        }
        return field[..<colon] + ";"
    }

    private func failure(_ code: CURLcode, of easy: UnsafeMutableRawPointer) -> HTTPFailure {
        // An answer that does not begin like one of HTTP/1 is called an unsupported protocol, too.
        let isSent = headcast_curl_get_long(easy, CURLINFO_REQUEST_SIZE) > 0
        switch code {
        case CURLE_URL_MALFORMAT: return .invalidURL
        case CURLE_UNSUPPORTED_PROTOCOL: return isSent ? .failed(reason: "the answer is not HTTP") : .invalidURL
        case CURLE_WRITE_ERROR where isTooLarge: return .tooLarge(limit: maximumBytes)
        case CURLE_SEND_FAIL_REWIND, CURLE_GOT_NOTHING: return .failed(reason: "the connection ended without an answer")
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(after: timeout)
        case CURLE_SSL_CONNECT_ERROR: return .noTLS(reason: text(of: code))
        case CURLE_COULDNT_RESOLVE_HOST: return .unreachable(reason: "the host's name has no address")
        case CURLE_COULDNT_CONNECT:
            let number = Int32(clamping: headcast_curl_get_long(easy, CURLINFO_OS_ERRNO))
            return .unreachable(reason: number == 0 ? text(of: code) : "\(ErrorNumber(number))")
        default: return .failed(reason: text(of: code))
        }
    }

    private func text(of code: CURLcode) -> String {
        let own = String(cString: explanation)
        let text = own.isEmpty ? curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code)" : own
        return text.beginningLowerCase
    }
}

/// libcurl asks for a part of a request.
private func read(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

/// libcurl hands over a part of an answer; anything but its length ends the transfer.
private func write(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
