import CCurl
import Glibc

/// Asks HTTP servers and waits for what they answer; libcurl does it.
///
/// Keeps connections open for the next request to the same server. Blocks the calling thread meanwhile; not Sendable.
package final class HTTPClient {
    /// Connections in use at the same time; further requests wait for one.
    private static let maximumConnections = 64

    /// Once it is readable, what is under way ends as stopped.
    package var stopDescriptor: Int32?

    private let multi: UnsafeMutableRawPointer
    private let agent: String
    private let maximumAnswerBytes: Int
    /// Of connections that may outlive their requests; is needed until the last of them is closed.
    private let lastWords = LastWords()

    /// - Parameters:
    ///   - agent: what the client calls itself, `headcast/0.1.0`.
    ///   - maximumAnswerBytes: how long the body of an answer may be.
    package init(agent: String, maximumAnswerBytes: Int = 64 << 20) throws(HTTPFailure) {
        guard globalInitialization == CURLE_OK, let multi = curl_multi_init() else {
            throw .failed(reason: "libcurl cannot start")
        }
        self.multi = multi
        self.agent = agent
        self.maximumAnswerBytes = maximumAnswerBytes
        headcast_curl_set_multi_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.maximumConnections)
    }

    deinit {
        curl_multi_cleanup(multi)
    }

    package func perform(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        try perform([request])[0].get()
    }

    /// Performs `requests` at the same time; the results stand in the order of the requests.
    package func perform(_ requests: [HTTPRequest]) -> [Result<HTTPAnswer, HTTPFailure>] {
        let transfers = requests.map { Transfer($0, agent: agent, maximumBytes: maximumAnswerBytes) }
        for transfer in transfers {
            guard let easy = transfer.easy, lastWords.attach(to: easy) == CURLE_OK else { continue }
            curl_multi_add_handle(multi, easy)
        }
        var unanswered = HTTPFailure.failed(reason: "not performed")
        var running: Int32 = 0
        repeat {
            guard curl_multi_perform(multi, &running) == CURLM_OK else { break }
            collect(transfers)
            guard running > 0 else { break }
            // Returns early when libcurl has something to do; its own timers end what takes too long.
            var stop = curl_waitfd(fd: stopDescriptor ?? -1, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            curl_multi_poll(multi, &stop, stopDescriptor == nil ? 0 : 1, 1_000, nil)
            if stop.revents != 0 {
                unanswered = .stopped
                break
            }
        } while true
        for transfer in transfers {
            if let easy = transfer.easy { curl_multi_remove_handle(multi, easy) }
        }
        return transfers.map { $0.result ?? .failure(unanswered) }
    }

    /// Takes what libcurl says of transfers that have ended.
    private func collect(_ transfers: [Transfer]) {
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let easy = message.pointee.easy_handle
            let result = headcast_curl_result(message)
            // Of several requests it would be open whose connection it was.
            let answer = result == CURLE_SEND_ERROR && transfers.count == 1 ? lastWords.takeAnswer() : nil
            transfers.first { $0.easy == easy }?.end(result, answered: answer)
        }
    }
}

/// Once for the process, before any handle is made (curl_global_init(3)).
private let globalInitialization = curl_global_init(Int(CURL_GLOBAL_ALL))
