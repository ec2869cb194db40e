import Glibc

extension Responder {
    /// The name of this host, which for a pod is the pod's; `localhost` where there is none.
    public static var hostName: String {
        // As long as Linux lets it be (HOST_NAME_MAX), and a zero.
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "localhost" : text
    }
}
