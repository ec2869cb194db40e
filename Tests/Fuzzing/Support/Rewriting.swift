/// Other ways to write a JSON document, well-formed or not.
package enum Rewriting {
    package static func all(of document: [UInt8]) -> [[UInt8]] {
        [spaced(document, " "), spaced(document, "\t\r "), escaped(document)]
    }

    /// With white space around everything that is neither text nor a word nor a number.
    private static func spaced(_ document: [UInt8], _ space: String) -> [UInt8] {
        var result = Array(space.utf8)
        forEach(in: document) { byte, isText in
            let isMark = !isText && "{}[]:,".utf8.contains(byte)
            if isMark { result += space.utf8 }
            result.append(byte)
            if isMark { result += space.utf8 }
        }
        return result + space.utf8
    }

    /// With letters and digits of text escaped.
    private static func escaped(_ document: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        forEach(in: document) { byte, isText in
            let letter = Unicode.Scalar(byte)
            guard isText, letter.isASCII, letter.properties.isAlphabetic || letter.properties.numericType != nil else {
                return result.append(byte)
            }
            result += "\\u00".utf8
            result += String(byte, radix: 16, uppercase: byte & 1 == 0).utf8
        }
        return result
    }

    /// Calls `body` with every byte, and whether it is one of text that stands for itself.
    private static func forEach(in document: [UInt8], _ body: (UInt8, Bool) -> Void) {
        var isText = false
        // How many bytes of an escape are left, and 2 where the next one tells how many there are.
        var escape = 0
        for byte in document {
            if escape > 0 {
                escape = escape == 2 && byte == UInt8(ascii: "u") ? 5 : escape == 2 ? 0 : escape - 1
                body(byte, false)
            } else if isText, byte == UInt8(ascii: "\\") {
                escape = 2
                body(byte, false)
            } else if byte == UInt8(ascii: "\"") {
                isText.toggle()
                body(byte, false)
            } else {
                body(byte, isText)
            }
        }
    }
}
