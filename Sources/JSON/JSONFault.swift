/// Why a JSON document cannot be read.
package enum JSONFault: Error, Hashable, Sendable {
    /// Something else stands at `byte`, which counts from 1 where the reader began.
    case expected(String, byte: Int)
    /// The object has a member that nobody knows; `nearest` is the known name that was most likely meant.
    case unknownMember(String, nearest: String?)
    /// The object has this member twice.
    case repeatedMember(String)
}
