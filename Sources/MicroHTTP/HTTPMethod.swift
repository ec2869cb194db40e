import Glibc

/// A request's method (RFC 9110, section 9); names are case-sensitive.
package enum HTTPMethod: Sendable {
    case get, head, post, put, delete, options, patch
    /// Any other; ``Exchange/methodName`` has it.
    case other

    init(_ name: UnsafePointer<CChar>) {
        func isNamed(_ known: StaticString) -> Bool {
            strncmp(name, UnsafeRawPointer(known.utf8Start).assumingMemoryBound(to: CChar.self), 8) == 0
        }
        if isNamed("POST") {
            self = .post
        } else if isNamed("GET") {
            self = .get
        } else if isNamed("HEAD") {
            self = .head
        } else if isNamed("PUT") {
            self = .put
        } else if isNamed("DELETE") {
            self = .delete
        } else if isNamed("OPTIONS") {
            self = .options
        } else if isNamed("PATCH") {
            self = .patch
        } else {
            self = .other
        }
    }
}
