import JSON

extension JSONFault: CustomStringConvertible {
    @usableFromInline
    package var description: String {
        switch self {
        case .expected(let what, let byte): "expected \(what) at byte \(byte)"
        case .unknownMember(let name, let nearest?, _): "unknown member \(name.quoted); did you mean \(nearest)?"
        case .unknownMember(let name, nil, let known):
            "unknown member \(name.quoted); expected \(known.joined(separator: ", "))"
        case .repeatedMember(let name): "member \(name.quoted) is given more than once; give it once"
        }
    }
}
