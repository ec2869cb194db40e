import HTTPForTests

extension Reply {
    /// The results of a request with several messages.
    var results: [Result] {
        (json["results"] as? [[String: Any]] ?? []).map { result in
            Result(
                status: result["status"] as? Int ?? 0, receipt: result["receipt"] as? [String: Any] ?? [:],
                error: result["error"] as? [String: Any] ?? [:])
        }
    }

    struct Result {
        let status: Int
        let receipt: [String: Any]
        let error: [String: Any]

        var errorCode: String? { error["code"] as? String }
    }

    /// The names of the body's members in the order in which they were written.
    var memberNames: [String] {
        var names: [String] = []
        var depth = 0
        var text = Substring(self.text)
        while let character = text.first {
            switch character {
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case "\"":
                let rest = text.dropFirst()
                let string = rest.prefix { $0 != "\"" }
                let after = rest.dropFirst(string.count + 1)
                if depth == 1, after.first == ":" { names.append(String(string)) }
                text = after
                continue
            default: break
            }
            text = text.dropFirst()
        }
        return names
    }
}
