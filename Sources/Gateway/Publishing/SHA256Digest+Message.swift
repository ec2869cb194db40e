import Digests
import Wire

extension SHA256Digest {
    /// Of what makes a publish another one: the payload, and the attributes in the order of their names.
    ///
    /// `traceparent` and `tracestate` are left out, since they are new with each try; so is how it is sent: copies,
    /// spacing, time to live.
    init(payload: RawSpan, attributes: Attributes) {
        var hash = SHA256()
        hash.update(payload.byteCount)
        hash.update(payload)
        for (name, value) in attributes.items.sorted(by: { $0.name < $1.name })
        where name != "traceparent" && name != "tracestate" {
            hash.update(counted: name)
            hash.update(counted: value)
        }
        self = hash.digest()
    }
}
