import CPostgreSQL
import Records

/// A parameter of a statement in the server's binary format.
struct PostgreSQLValue {
    /// Nil for NULL.
    let bytes: [UInt8]?

    init(_ bytes: [UInt8]?) {
        self.bytes = bytes
    }

    /// A bigint.
    init(_ number: Int64) {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(number)
        self.bytes = bytes
    }

    init(_ label: Label?) {
        bytes = label.map { Array($0.text.utf8) }
    }

    /// A bytea[].
    init(_ elements: [[UInt8]?]) {
        bytes = Self.array(HEADCAST_BYTEA_OID, elements) { bytes, element in
            bytes.appendBigEndian(Int32(element.count))
            bytes.append(contentsOf: element)
        }
    }

    /// A bytea[] of texts.
    init(_ labels: [Label?]) {
        bytes = Self.array(HEADCAST_BYTEA_OID, labels) { bytes, label in
            bytes.appendBigEndian(Int32(label.text.utf8.count))
            bytes.append(contentsOf: label.text.utf8)
        }
    }

    /// A bigint[].
    init(_ numbers: [Int64?]) {
        bytes = Self.array(HEADCAST_INT8_OID, numbers) { bytes, number in
            bytes.appendBigEndian(Int32(8))
            bytes.appendBigEndian(number)
        }
    }

    /// An array of one dimension, as array_recv in the server reads it.
    private static func array<Element>(
        _ type: Int, _ elements: [Element?], _ append: (inout [UInt8], Element) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        let hasNull = elements.contains { $0 == nil }
        bytes.appendBigEndian(Int32(elements.isEmpty ? 0 : 1))
        bytes.appendBigEndian(Int32(hasNull ? 1 : 0))
        bytes.appendBigEndian(Int32(type))
        guard !elements.isEmpty else { return bytes }
        bytes.appendBigEndian(Int32(elements.count))
        bytes.appendBigEndian(Int32(1))
        for element in elements {
            if let element { append(&bytes, element) } else { bytes.appendBigEndian(Int32(-1)) }
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
