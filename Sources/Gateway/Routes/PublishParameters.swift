import Clocks
import Endpoints
import FanOut
import JSON
import MicroHTTP
import Service

/// What a publish asks for, from its query and its headers; the query wins.
struct PublishParameters {
    var options = PublishOptions()
    /// How old the membership may be; nil for what the topic says.
    var maximumAge: Duration?
    /// What the headers tell about the message; nil where nothing.
    var headers: PublishHeaders?

    static let copies = ValueFormat<Int>.integer(1...TopicRules.maximumCopies)
    static let require = ValueFormat<Int>.integer(0...1_000_000)

    static let names = ["copies", "spacing", "require", "ttl"]

    /// What an ``HTTPServer`` must watch for; the order is that of the bits tested here.
    static let watchedHeaders: [WatchedHeader] = [
        "headcast-", contentType, "ce-", "traceparent", "tracestate", "idempotency-key", "cache-control",
        "content-encoding",
    ]

    /// curl's own counts as none.
    private static let contentType = WatchedHeader("content-type", unless: MediaType.form.name)
    private static let options = 0
    private static let message = 0..<6
    private static let cacheControl = 6
    private static let contentEncoding = 7

    /// Whether the body of a request is said to be an event in JSON, or in another format of CloudEvents.
    static func isEvent(_ exchange: Exchange) -> Bool {
        exchange.hasWatched(1) && MediaType(exchange.header("Content-Type") ?? "").isEvent
    }

    init(_ exchange: Exchange) throws(Refusal) {
        if exchange.hasAnyWatched { try read(headersOf: exchange) }
        if exchange.hasQuery { try read(queryOf: exchange) }
    }

    /// The query of a publish, in which nothing is unknown or given twice.
    static func query(of exchange: Exchange) throws(Refusal) -> QueryReader {
        let takesTopics = exchange.path == "/publish"
        return try QueryReader(exchange, known: takesTopics ? names + ["topic"] : names, repeatable: ["topic"])
    }

    private mutating func read(queryOf exchange: Exchange) throws(Refusal) {
        let query = try Self.query(of: exchange)
        if let ttl = try query.value("ttl", .timeToLive) { options.ttl = ttl }
        if let copies = try query.value("copies", Self.copies) { options.copies = copies }
        if let spacing = try query.value("spacing", .spacing) { options.spacing = spacing }
        if let require = try query.value("require", Self.require) { options.require = require }
    }

    private mutating func read(headersOf exchange: Exchange) throws(Refusal) {
        if exchange.hasWatched(Self.contentEncoding) { try Self.refuse(encodingOf: exchange) }
        if exchange.hasWatched(Self.message) {
            let headers = PublishHeaders(exchange)
            if let fault = headers.fault { throw Refusal(fault) }
            if !headers.isEmpty { self.headers = headers }
        }
        if exchange.hasWatched(Self.options) {
            try Self.refuseUnknown(exchange.headerNames(withPrefix: Self.headerPrefix))
            options.copies = try Self.header("Headcast-Copies", Self.copies, exchange)
            options.spacing = try Self.header("Headcast-Spacing", .spacing, exchange)
            options.require = try Self.header("Headcast-Require", Self.require, exchange)
            options.ttl = try Self.header("Headcast-Ttl", .timeToLive, exchange)
        }
        if exchange.hasWatched(Self.cacheControl), let control = exchange.header("Cache-Control") {
            maximumAge = try Self.maximumAge(inCacheControl: control) ?? maximumAge
        }
    }

    /// No datagram says how its payload is encoded, so that no subscriber could decode it.
    private static func refuse(encodingOf exchange: Exchange) throws(Refusal) {
        var encodings: [String] = []
        exchange.forEachHeader { name, value in
            let name = name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            guard name.lowercased() == "content-encoding" else { return }
            encodings.append(value.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
        let others = encodings.filter { !$0.isEmpty && $0.lowercased() != "identity" }
        guard let encoding = others.first else { return }
        throw Refusal(
            .unsupportedMediaType,
            "Content-Encoding is \(encoding.quoted), which would not travel; publish the payload as it is to arrive"
        ) { $0.field("parameter", "Content-Encoding") }
    }

    /// A mistyped option must not pass for one that was not given.
    private static func refuseUnknown(_ headers: [String]) throws(Refusal) {
        let known = names.map { headerPrefix + $0.prefix(1).uppercased() + $0.dropFirst() }
        for header in headers where !known.contains(where: { $0.lowercased() == header.lowercased() }) {
            if header.lowercased().hasPrefix(PublishHeaders.attributePrefix) { continue }
            let hint = nearest(to: header, among: known).map { "did you mean \($0)?" }
            throw Refusal(
                .unknownParameter,
                "unknown header \(header.quoted); \(hint ?? "this path takes \(known.joined(separator: ", "))")"
            ) { $0.field("parameter", header) }
        }
    }

    private static let headerPrefix = "Headcast-"

    private static func header<Value>(
        _ name: String, _ format: ValueFormat<Value>, _ exchange: Exchange
    ) throws(Refusal) -> Value? {
        guard let text = exchange.header(name) else { return nil }
        return try QueryReader.parse(text, as: format, named: name)
    }

    /// `no-cache` and `max-age=N` of RFC 9111, section 5.2.1; directives unknown here are ignored, as it asks for.
    ///
    /// An age that cannot be read is refused: whoever gives one needs it kept.
    static func maximumAge(inCacheControl text: String) throws(Refusal) -> Duration? {
        var age: Duration?
        for directive in text.lowercased().split(whereSeparator: { ", \t".contains($0) }) {
            if directive == "no-cache" { return .zero }
            guard directive.hasPrefix("max-age") else { continue }
            let number = directive.dropFirst("max-age=".count).filter { $0 != "\"" }
            guard directive.hasPrefix("max-age="), let seconds = UInt32(decimal: number) else {
                throw Refusal(
                    .invalidParameter,
                    "Cache-Control is \(text.quoted); expected no-cache or max-age=SECONDS, up to \(UInt32.max)"
                ) { $0.field("parameter", "Cache-Control") }
            }
            age = min(age ?? .seconds(seconds), .seconds(seconds))
        }
        return age
    }
}
