import CMicroHTTPD

/// What libmicrohttpd's handler should do next.
enum Progress {
    case goOn
    /// Close the connection without a word; there is no other way to stop a body whose length is unknown.
    case close
}

extension Exchange {
    /// Takes the complete head and asks the service about the body.
    func receiveHead(
        from handle: OpaquePointer, method name: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> Progress {
        guard let server, let service = server.service else { return .close }
        methodStart = name
        method = HTTPMethod(name)
        let head = RequestHead(of: handle, version: version, watching: server.watchedHeaders)
        contentLength = head.contentLength
        watched = head.watched
        let limits = server.limits
        let isCutShort = target.isCutShort(before: version, headerBytes: limits.headerBytes)
        let fault = isCutShort ? .malformed("the request line contains a zero byte") : head.fault
        guard HeadMemory(of: handle, from: name).fits(limits.headerBytes) else { return refuseHead() }
        if let fault { return refuse(with: response(to: fault), atOnce: true) }
        let announced = head.contentLength ?? 0
        let isEndless = announced > limits.maximumDiscardedBytes
        let answersAtOnce = head.hasBody && (head.expectsContinue || isEndless)
        switch service.bodyRule(for: self) {
        case .accept(let limit) where announced <= limit:
            stage = .receiving(limit: limit)
        case .accept(let limit):
            return refuse(with: response(to: .bodyTooLarge(limit: limit)), atOnce: answersAtOnce)
        case .ignore where isEndless:
            return refuse(with: response(to: .bodyTooLarge(limit: limits.maximumDiscardedBytes)), atOnce: true)
        case .ignore:
            stage = .dropping(answer: nil)
        case .refuse(let answer):
            return refuse(with: answer, atOnce: answersAtOnce)
        }
        return .goOn
    }

    /// Takes the next bytes of the body.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Progress {
        guard let server else { return .close }
        connection.lastActivity = server.now
        switch stage {
        case .receiving(let limit):
            if bytes.count > limit - body.count {
                return drop(bytes.count, because: .bodyTooLarge(limit: limit))
            }
            guard reserve(bytes.count, limit: limit, of: server) else {
                return drop(bytes.count, because: .bodiesTooLarge(limit: server.limits.maximumBodiesBytes))
            }
            body.append(contentsOf: bytes)
            return .goOn
        case .dropping:
            return drop(bytes.count)
        default:
            return .close
        }
    }

    /// Takes the end of the request and asks the service for the answer.
    func receiveEnd() -> Progress {
        guard let server, let handle, let service = server.service else { return .close }
        let hasTrailers = MHD_get_connection_values(handle, .FOOTER_KIND, nil, nil) > 0
        if hasTrailers, let methodStart,
            !HeadMemory(of: handle, from: methodStart).fits(server.limits.headerBytes)
        {
            return refuseHead()
        }
        if case .dropping(let answer?) = stage {
            stage = .deciding
            respond(answer)
            return .goOn
        }
        switch stage {
        case .receiving, .dropping: break
        // A connection resumed without an answer: the server is stopping, or could not make one.
        default: return .close
        }
        stage = .deciding
        connection.deadline = nil
        service.respond(to: self)
        switch stage {
        case .waiting:
            isSuspended = true
            MHD_suspend_connection(handle)
        case .deciding:
            respond(response(to: .unanswered))
        default:
            break
        }
        return .goOn
    }

    private func response(to fault: HTTPFault) -> HTTPResponse {
        server?.counters.refusals += 1
        return server?.service?.response(to: fault, for: self) ?? HTTPResponse(status: fault.status)
    }

    /// Refuses the body: before it is read, which closes the connection, or once it has been read and dropped.
    private func refuse(with answer: HTTPResponse, atOnce: Bool) -> Progress {
        stage = .dropping(answer: answer)
        return atOnce ? receiveEnd() : .goOn
    }

    /// Refuses a head too large past libmicrohttpd, which may have no memory left for an answer, and closes.
    private func refuseHead() -> Progress {
        guard let server else { return .close }
        let answer = response(to: .headTooLarge(limit: server.limits.headerBytes))
        releaseBody()
        stage = .answered
        server.send(answer, on: connection, withBody: method != .head)
        server.service?.answered(self, with: answer.status)
        return .close
    }

    private func drop(_ count: Int, because fault: HTTPFault) -> Progress {
        releaseBody()
        stage = .dropping(answer: response(to: fault))
        return drop(count)
    }

    private func drop(_ count: Int) -> Progress {
        discardedBytes += count
        return discardedBytes > server?.limits.maximumDiscardedBytes ?? 0 ? .close : .goOn
    }

    /// Makes room for `count` more bytes and accounts for it; false when all bodies together would be too much.
    ///
    /// At once for what was announced when that is little, so that most bodies are one allocation; a client that
    /// announces much and sends nothing gets only this step.
    private func reserve(_ count: Int, limit: Int, of server: HTTPServer) -> Bool {
        let needed = body.count + count
        guard needed > reservedBytes else { return true }
        let step = max(2 * reservedBytes, 16 * 1024)
        let wanted = max(needed, min(contentLength ?? needed, limit, needed + step))
        let room = server.limits.maximumBodiesBytes - server.bodiesBytes + reservedBytes
        let reserved = min(wanted, max(room, 0))
        guard reserved >= needed else { return false }
        server.bodiesBytes += reserved - reservedBytes
        reservedBytes = reserved
        body.reserveCapacity(reserved)
        return true
    }
}
