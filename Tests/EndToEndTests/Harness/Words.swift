import Foundation

/// Records of a fixed number of 64-bit big-endian words, as the scripts of `Parts` write them.
struct Words: Sequence {
    private let words: [UInt64]
    private let perRecord: Int

    init(_ bytes: Data, perRecord: Int) {
        self.perRecord = perRecord
        words = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map { UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
    }

    func makeIterator() -> AnyIterator<ArraySlice<UInt64>> {
        var position = 0
        return AnyIterator {
            guard position + perRecord <= words.count else { return nil }
            defer { position += perRecord }
            // A slice that starts at zero, so that fields are named by their place in the record.
            return ArraySlice(Array(words[position..<position + perRecord]))
        }
    }
}
