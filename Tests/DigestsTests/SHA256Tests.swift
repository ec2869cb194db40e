import Digests
import Testing

struct SHA256Tests {
    private func text(_ digest: SHA256Digest) -> String {
        [digest.high, digest.low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 32 - digits.count) + digits
        }.joined()
    }

    private func digest(_ parts: String...) -> String {
        var hash = SHA256()
        for part in parts { hash.update(Array(part.utf8).span.bytes) }
        return text(hash.digest())
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the examples of FIPS 180 come out`(message: String, expected: String) {
        #expect(digest(message) == expected)
    }

    @Test func `a million letters come out, whole or in parts`() {
        let letters = String(repeating: "a", count: 500_000)
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(digest(letters, letters) == expected)
        #expect(digest(letters + letters) == expected)
    }

    @Test func `counted text differs where the same bytes are divided otherwise`() {
        let one = digest {
            $0.update(counted: "ab")
            $0.update(counted: "c")
        }
        let other = digest {
            $0.update(counted: "a")
            $0.update(counted: "bc")
        }
        #expect(one != other)
    }

    @Test func `numbers and digests add their bytes, the greatest first`() {
        let number = digest { $0.update(0x61_62_63) }
        let bytes = digest { $0.update(Array("\0\0\0\0\0abc".utf8).span.bytes) }
        #expect(number == bytes)

        let abc = digest { $0.update(Array("abc".utf8).span.bytes) }
        let twice = digest { $0.update(abc) }
        #expect(text(twice) == "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358")
    }

    private func digest(_ add: (inout SHA256) -> Void) -> SHA256Digest {
        var hash = SHA256()
        add(&hash)
        return hash.digest()
    }
}
