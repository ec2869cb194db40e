/// Why a JSON document cannot be read.
@usableFromInline
package enum JSONFault: Error, Hashable, Sendable {
    /// Something else stands at `byte`, which counts from 1 where the reader began.
    case expected(String, byte: Int)
    /// The object has a member that is none of `known`; `nearest` is the one that was most likely meant.
    case unknownMember(String, nearest: String?, known: [String])
    /// The object has this member twice.
    case repeatedMember(String)
}
