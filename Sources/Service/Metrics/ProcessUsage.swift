import Glibc

/// What this process uses of the machine, as Linux tells it (proc(5)).
///
/// Reading it takes some 50 us, and 0.1 us more for each open descriptor.
package struct ProcessUsage: Sendable {
    /// Resident memory, in bytes.
    package var residentBytes: Int
    /// User and system time since the start, in seconds.
    package var processorSeconds: Double
    package var openDescriptors: Int
    /// The soft limit of ``openDescriptors``.
    package var maximumDescriptors: Int
    /// Unix time of the start, in seconds.
    package var startedAtSeconds: Double

    /// Nil where `/proc` is not there.
    package static func current() -> ProcessUsage? {
        guard let stat = text(of: "/proc/self/stat"), let boot = bootSeconds,
            let descriptors = countEntries(of: "/proc/self/fd")
        else { return nil }
        // The name of the program stands in parentheses and may hold anything; what follows is numbers.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].split(separator: " ").map { Int($0) ?? 0 }
        guard fields.count > 22 else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessUsage(
            residentBytes: fields[22] * sysconf(Int32(_SC_PAGESIZE)),
            processorSeconds: Double(fields[12] + fields[13]) / ticks,
            openDescriptors: descriptors,
            maximumDescriptors: Int(clamping: limit.rlim_cur),
            startedAtSeconds: boot + Double(fields[20]) / ticks)
    }

    /// When the machine started, in seconds of Unix time; the process's own start counts from there.
    private static let bootSeconds: Double? = {
        guard let line = text(of: "/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
        else { return nil }
        return Double(line.dropFirst("btime ".count))
    }()

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while case let count = read(descriptor, &part, part.count), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The entries of a directory of /proc besides `.`, `..` and the one that reading it makes.
    private static func countEntries(of path: String) -> Int? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count - 3
    }
}

extension MetricsText {
    /// The metrics every Prometheus client has of its process, by their usual names; nothing where they are unknown.
    package mutating func process(_ usage: ProcessUsage?) {
        guard let usage else { return }
        counter("process_cpu_seconds_total", "User and system time used, in seconds.") {
            $0.sample(usage.processorSeconds)
        }
        gauge("process_resident_memory_bytes", "Resident memory, in bytes.") { $0.sample(usage.residentBytes) }
        gauge("process_open_fds", "Open file descriptors.") { $0.sample(usage.openDescriptors) }
        gauge("process_max_fds", "The most file descriptors that may be open.") { $0.sample(usage.maximumDescriptors) }
        gauge("process_start_time_seconds", "Unix time at which the process started, in seconds.") {
            $0.sample(usage.startedAtSeconds)
        }
    }
}
