import ErrorNumbers
import Glibc

/// The bytes of a file of settings.
enum SettingFile {
    /// Why a file could not be read.
    struct ReadError: Error {
        var reason: ErrorNumber
    }

    /// Reads the file at `path`, or its first bytes up to one more than a document may have.
    static func read(_ path: String) throws(ReadError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(reason: ErrorNumber(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= YAMLReader.maximumBytes {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { break }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw ReadError(reason: ErrorNumber(code))
            }
            bytes += part[..<count]
        }
        return bytes
    }
}
