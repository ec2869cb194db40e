@preconcurrency import Glibc

/// What the program reads of the process it is; libraries are handed the values.
enum Surroundings {
    /// The variables of the environment at start.
    static var environment: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return variables
    }

    /// The name of the pod, which Kubernetes makes the host name; `headcast` where there is none.
    static func hostName(in environment: [String: String]) -> String {
        if let name = environment["HOSTNAME"], !name.isEmpty { return name }
        var name = utsname()
        guard uname(&name) == 0 else { return "headcast" }
        return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
