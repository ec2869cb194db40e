import JSON

extension HTTPAnswer {
    /// What an error document says, `{"error":{"code":"…","message":"…"}}`; nil for any other body.
    package var refusal: (code: String, message: String)? {
        var reader = JSONReader(body)
        do throws(JSONFault) {
            var refusal: (code: String, message: String)?
            try reader.beginObject()
            while let name = try reader.nextName().map(reader.string) {
                if name == "error" { refusal = try Self.refusal(&reader) } else { try reader.skip() }
            }
            try reader.end()
            return refusal
        } catch {
            return nil
        }
    }

    private static func refusal(_ reader: inout JSONReader) throws(JSONFault) -> (code: String, message: String)? {
        var code: String?
        var message: String?
        try reader.beginObject()
        while let name = try reader.nextName().map(reader.string) {
            switch name {
            case "code": code = reader.string(try reader.text())
            case "message": message = reader.string(try reader.text())
            default: try reader.skip()
            }
        }
        guard let code, let message else { return nil }
        return (code, message)
    }
}
