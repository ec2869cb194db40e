import Clocks
import Endpoints
import FanOut
import JSON
import MicroHTTP
import Service

/// What a publish asks for, from its query and its headers; the query wins.
struct PublishParameters {
    var options = PublishOptions()
    /// How old the membership may be.
    var maximumAge: Duration?

    static let copies = ValueFormat<Int>.integer(1...TopicRules.maximumCopies)
    static let spacing = ValueFormat<Duration>.duration(.milliseconds(1) ... .seconds(60))
    static let require = ValueFormat<Int>.integer(0...1_000_000)

    static let names = ["copies", "spacing", "require"]

    /// What an ``HTTPServer`` must watch for; the order is that of the bits tested here.
    static let watchedHeaders = ["headcast-", "cache-control"]

    init(_ exchange: Exchange, maximumAge: Duration?) throws(Refusal) {
        self.maximumAge = maximumAge
        if exchange.hasAnyWatched { try read(headersOf: exchange) }
        guard exchange.hasQuery else { return }
        let query = try QueryReader(exchange, known: Self.names)
        if let copies = try query.value("copies", Self.copies) { options.copies = copies }
        if let spacing = try query.value("spacing", Self.spacing) { options.spacing = spacing }
        if let require = try query.value("require", Self.require) { options.require = require }
    }

    private mutating func read(headersOf exchange: Exchange) throws(Refusal) {
        if exchange.hasWatched(0) {
            try Self.refuseUnknown(exchange.headerNames(withPrefix: Self.headerPrefix))
            options.copies = try Self.header("Headcast-Copies", Self.copies, exchange)
            options.spacing = try Self.header("Headcast-Spacing", Self.spacing, exchange)
            options.require = try Self.header("Headcast-Require", Self.require, exchange)
        }
        if exchange.hasWatched(1), let control = exchange.header("Cache-Control") {
            maximumAge = try Self.maximumAge(inCacheControl: control) ?? maximumAge
        }
    }

    /// A mistyped option must not pass for one that was not given.
    private static func refuseUnknown(_ headers: [String]) throws(Refusal) {
        let known = names.map { headerPrefix + $0.prefix(1).uppercased() + $0.dropFirst() }
        for header in headers where !known.contains(where: { $0.lowercased() == header.lowercased() }) {
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
