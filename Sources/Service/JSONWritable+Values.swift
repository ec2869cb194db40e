import Clocks
import Endpoints
import JSON

/// A point in time is RFC 3339 text; its field ends in `At`.
extension Timestamp: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(plain: rfc3339.span) }
}

extension Endpoint: JSONWritable {
    package func write(to json: inout JSONWriter) { json.string(description) }
}
