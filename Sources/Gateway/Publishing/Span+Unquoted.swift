extension Span<UInt8> {
    /// The value of a header without the quotation marks around it, if any, and the backslashes that go with them
    /// (RFC 9110, section 5.6.4).
    var unquoted: [UInt8] {
        let quote = UInt8(ascii: "\"")
        let isQuoted = count >= 2 && self[0] == quote && self[count - 1] == quote
        var bytes: [UInt8] = []
        var index = isQuoted ? 1 : 0
        let end = isQuoted ? count - 1 : count
        while index < end {
            if isQuoted, self[index] == UInt8(ascii: "\\"), index + 1 < end { index += 1 }
            bytes.append(self[index])
            index += 1
        }
        return bytes
    }
}
