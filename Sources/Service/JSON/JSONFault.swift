/// Why a JSON document cannot be read, to be said after "JSON:" or alone.
package enum JSONFault: Error, Hashable, Sendable {
    /// Something else stands at `byte`, which counts from 1 where the reader began.
    case expected(String, byte: Int)
    /// The object has a member that nobody knows; `nearest` is the known name that was most likely meant.
    case unknownMember(String, nearest: String?)
    /// The object has this member twice.
    case repeatedMember(String)
}

extension JSONFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .expected(let what, let byte): "expected \(what) at byte \(byte)"
        case .unknownMember(let name, let nearest?): "unknown member \(name.quoted); did you mean \(nearest)?"
        case .unknownMember(let name, nil): "unknown member \(name.quoted)"
        case .repeatedMember(let name): "member \(name.quoted) is given more than once; give it once"
        }
    }
}
