/// A Content-Type without its parameters (RFC 9110, section 8.3.1), in lower case.
struct MediaType: Hashable {
    let name: String

    init(_ contentType: String) {
        name = String(contentType.prefix { $0 != ";" }.drop { $0.isWhitespace }.prefix { !$0.isWhitespace })
            .lowercased()
    }

    static let form = MediaType("application/x-www-form-urlencoded")
    static let lines = MediaType("application/x-ndjson")
    static let event = MediaType("application/cloudevents+json")
    static let events = MediaType("application/cloudevents-batch+json")

    /// Whether it is a format of CloudEvents, one that is understood here or another.
    var isEvent: Bool { name.hasPrefix("application/cloudevents") }

    /// Whether what has this type is JSON (CloudEvents JSON Event Format 1.0.2, section 3.1).
    var isJSON: Bool {
        guard let slash = name.firstIndex(of: "/") else { return false }
        let subtype = name[name.index(after: slash)...]
        return subtype == "json" || subtype.hasSuffix("+json")
    }
}
