import Glibc

/// Which file system, of which device, a path is on: it decides what a commit costs.
struct FileSystem {
    /// `ext4 of /dev/vda`; the number of the device where the kernel names no mount of it.
    let name: String

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            name = "an unknown file system"
            return
        }
        // The halves of a device's number lie as makedev(3) of glibc puts them.
        let number = status.st_dev
        let (major, minor) = (number >> 8 & 0xFFF | number >> 32 & ~0xFFF, number & 0xFF | number >> 12 & ~0xFF)
        let device = "\(major):\(minor)"
        name = Self.name(of: device, in: ProcText.read("/proc/self/mountinfo") ?? "") ?? "device \(device)"
    }

    /// Looks `device` up in what proc(5) shows as mountinfo.
    static func name(of device: String, in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == device, let dash = fields.firstIndex(of: "-"), dash + 2 < fields.count
            else { continue }
            return "\(fields[dash + 1]) of \(fields[dash + 2])"
        }
        return nil
    }
}
