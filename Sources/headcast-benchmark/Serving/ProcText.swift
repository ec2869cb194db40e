import Glibc

/// A file of proc(5).
enum ProcText {
    /// Its first 64 KiB; nil where it is not there.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        // The kernel hands over a page of some files at a time.
        while bytes.count < part.count {
            let count = Glibc.read(descriptor, &part, part.count - bytes.count)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
