import JSON

extension HTTPAnswer {
    /// The results of a batch, or of a publish to several topics, each as if it had been answered by itself: the body is
    /// the receipt or the error.
    ///
    /// Nil for what is no list of results. The status of a result that has none is 0.
    package var results: [HTTPAnswer]? {
        var reader = JSONReader(body)
        do throws(JSONFault) {
            var answers: [HTTPAnswer]?
            try reader.beginObject()
            while let name = try reader.nextName().map(reader.string) {
                if name == "results" { answers = try Self.results(&reader) } else { try reader.skip() }
            }
            try reader.end()
            return answers
        } catch {
            return nil
        }
    }

    private static func results(_ reader: inout JSONReader) throws(JSONFault) -> [HTTPAnswer] {
        var answers: [HTTPAnswer] = []
        try reader.beginArray()
        while try reader.nextElement() { answers.append(try result(&reader)) }
        return answers
    }

    private static func result(_ reader: inout JSONReader) throws(JSONFault) -> HTTPAnswer {
        var answer = HTTPAnswer(status: 0, body: [])
        try reader.beginObject()
        while let name = try reader.nextName().map(reader.string) {
            switch name {
            case "status": answer.status = Int(String(decoding: reader.bytes[try reader.number()], as: UTF8.self)) ?? 0
            case "receipt": answer.body = Array(reader.bytes[try reader.skip()]) + Array("\n".utf8)
            case "error":
                answer.body = Array("{\"error\":".utf8) + reader.bytes[try reader.skip()] + Array("}\n".utf8)
            default: try reader.skip()
            }
        }
        return answer
    }
}
