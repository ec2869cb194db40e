import Clocks
import Endpoints
import JSON
import Service

/// How `headcast subscribe` writes a datagram.
enum DatagramOutput: String, CaseIterable {
    /// The payload for a person: what does not show is escaped.
    case text
    /// An object with everything known, for programs.
    case json

    /// One line with its line feed.
    func line(for payload: ArraySlice<UInt8>, from sender: Endpoint, at now: Timestamp) -> [UInt8] {
        switch self {
        case .text: Array((visibleText(of: payload) + "\n").utf8)
        case .json: jsonLine(for: payload, from: sender, at: now)
        }
    }

    private func jsonLine(for payload: ArraySlice<UInt8>, from sender: Endpoint, at now: Timestamp) -> [UInt8] {
        var json = JSONWriter(reserving: 128 + payload.count)
        json.object { line in
            line.field("receivedAt", now)
            line.field("from", sender)
            if let text = String(validating: payload, as: UTF8.self) {
                line.field("payload", text)
            } else {
                line.field("payloadBase64", base64(payload))
            }
        }
        json.newline()
        return json.bytes
    }
}

/// The bytes as text that is safe for a terminal; a byte that is not UTF-8 is written `\xNN`.
func visibleText(of bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var parser = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var index = bytes.startIndex
    while true {
        switch parser.parseScalar(from: &iterator) {
        case .valid(let encoded):
            let scalar = UTF8.decode(encoded)
            text += scalar == "\t" ? "\t" : String(scalar).visible
            index += encoded.count
        case .error(let length):
            for byte in bytes[index..<index + length] {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
            index += length
        case .emptyInput:
            return text
        }
    }
}

/// Base64 with padding (RFC 4648, section 4).
private func base64(_ bytes: ArraySlice<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var rest = bytes
    while !rest.isEmpty {
        let part = rest.prefix(3)
        let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < part.count ? Int(part[part.startIndex + $1]) : 0) }
        for position in 0..<4 {
            text.append(position <= part.count ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
        }
        rest = rest.dropFirst(3)
    }
    return String(decoding: text, as: UTF8.self)
}
