/// A Content-Type without its parameters (RFC 9110, section 8.3.1), in lower case.
struct MediaType: Hashable {
    let name: String

    init(_ contentType: String) {
        var name = contentType
        if let end = name.utf8.firstIndex(where: \.endsMediaType) { name = String(name[..<end]) }
        self.name = name.utf8.contains(where: \.isCapital) ? name.lowercased() : name
    }

    static let form = MediaType("application/x-www-form-urlencoded")
    static let lines = MediaType("application/x-ndjson")
    static let event = MediaType("application/cloudevents+json")
    static let events = MediaType("application/cloudevents-batch+json")

    /// Whether it is a format of CloudEvents, one that is understood here or another.
    var isEvent: Bool { name.hasPrefix("application/cloudevents") }

    /// Whether what has this type is JSON (CloudEvents JSON Event Format 1.0.2, section 3.1).
    var isJSON: Bool {
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let subtype = name[name.utf8.index(after: slash)...]
        return subtype == "json" || subtype.hasSuffix("+json")
    }
}

extension UInt8 {
    fileprivate var endsMediaType: Bool {
        self == UInt8(ascii: ";") || self == UInt8(ascii: " ") || self == UInt8(ascii: "\t")
    }

    fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
