import Clocks
import Datagrams
import Glibc
import JSON

/// What the figures were measured on, and how busy it was with other things.
struct Machine: Sendable {
    var processor: String
    var cores: Int
    var memoryBytes: Int
    var kernel: String
    var isOptimized: Bool
    var measuredAt: Timestamp
    /// What SO_RCVBUF and SO_SNDBUF grant when 4 MiB are asked for, in bytes of kernel memory, its bookkeeping included.
    var receiveBufferBytes: Int
    var sendBufferBytes: Int
    /// Tasks that ran or wanted to, over the last minute, before anything was measured.
    var loadBefore: Double?
    /// The same at the end, when it was this program that ran.
    var loadAfter: Double?

    init() throws {
        var name = utsname()
        uname(&name)
        kernel = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let line = ProcText.read("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
        cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        memoryBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        measuredAt = .now
        receiveBufferBytes = min(try BufferLimits().largestReceiveBytes, 8 << 20)
        sendBufferBytes = try UDPSocket().sendBufferBytes
        loadBefore = Self.load
        #if DEBUG
            isOptimized = false
        #else
            isOptimized = true
        #endif
    }

    /// Over the last minute (proc(5), loadavg).
    static var load: Double? {
        ProcText.read("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
    }

    var lines: [String] {
        let loads = [loadBefore, loadAfter].map { Figure("", $0).text }
        return [
            "machine   \(processor), \(cores) cores, \(memoryBytes >> 20) MiB",
            "kernel    Linux \(kernel)",
            "buffers   \(receiveBufferBytes) bytes granted for receiving, \(sendBufferBytes) for sending",
            "load      \(loads[0]) before, \(loads[1]) after",
            "measured  \(measuredAt)\(isOptimized ? "" : ", not optimized: the figures mean little")",
        ]
    }

    /// Writes the fields into an object that is open.
    func write(to json: inout JSONWriter) {
        json.field("processor", processor)
        json.field("cores", cores)
        json.field("memoryBytes", memoryBytes)
        json.field("kernel", kernel)
        json.field("isOptimized", isOptimized)
        json.field("measuredAt", measuredAt.description)
        json.field("receiveBufferBytes", receiveBufferBytes)
        json.field("sendBufferBytes", sendBufferBytes)
        json.field("loadBefore", loadBefore)
        json.field("loadAfter", loadAfter)
    }
}
