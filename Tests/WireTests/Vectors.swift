import Foundation

/// The datagrams and attributes of `vectors.json`, whose head says what they mean.
struct Vectors: Decodable {
    let datagrams: [Datagram]
    let attributes: [AttributeList]

    static func read() throws -> Vectors {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    struct Datagram: Decodable {
        let name: String
        let hex: Hexadecimal
        let fault: String?
        let kind: String?
        let topic: String?
        let source: UInt32?
        let epoch: Int64?
        let number: UInt64?
        let copyMilliseconds: UInt32?
        let records: [Record]?
        let heartbeat: Beat?
    }

    struct AttributeList: Decodable {
        let name: String
        let hex: Hexadecimal
        let fault: String?
        let attributes: [[String]]?
    }

    struct Record: Decodable, Equatable {
        var start: Start?
        var continuation: Continuation?
    }

    struct Start: Decodable, Equatable {
        let sequence: UInt64
        let id: UUID
        let publishedAt: Int64
        let ttl: UInt32
        let bodyBytes: Int
        let attributeBytes: Int
        let part: Hexadecimal
    }

    struct Continuation: Decodable, Equatable {
        let sequence: UInt64
        let offset: Int
        let part: Hexadecimal
    }

    struct Beat: Decodable, Equatable {
        let first: UInt64
        let next: UInt64
    }

    /// Bytes as they stand in the file.
    struct Hexadecimal: Decodable, Equatable {
        let bytes: [UInt8]

        init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let digits = try container.decode(String.self).compactMap(\.hexDigitValue)
            bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }
}
