import ArgumentParser
import Clocks
import Endpoints
import Glibc
import JSON
import Service

/// `headcast subscribe`: prints every datagram that arrives at a port.
struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Print every datagram that arrives, as a pod would receive it.",
        discussion: """
            One datagram is one line, written at once, into files and pipes too. As text, control characters are \
            escaped and bytes that are not UTF-8 are written \\xNN. As JSON, a line is an object of receivedAt, from \
            and payload, with payloadBase64 instead where the payload is not UTF-8. Datagrams that the kernel \
            dropped because they were not read in time are counted on standard error.

            EXAMPLES
              headcast subscribe --listen 127.0.1.1:12000
              headcast subscribe --listen '[::]:12000' --output json > received.jsonl
            """
    )

    @Option(
        help: ArgumentHelp("Where to receive; port 0 takes a free one.", valueName: "address:port"),
        transform: FlagValue.endpoint
    )
    var listen: Endpoint

    @Option(help: "How a datagram is printed: text or json.")
    var output = DatagramOutput.text

    func run() async throws {
        let socket = try DatagramSocket(binding: listen)
        let signals = try StopSignals()
        StandardError.print("listening on \(socket.endpoint)")
        var buffer = [UInt8](repeating: 0, count: 65_535)
        var drops: UInt32 = 0
        while try socket.waitForDatagram(or: signals.descriptor) {
            // Bounded, so that a signal is seen however fast datagrams come.
            for _ in 0..<256 {
                guard let (count, sender) = try socket.receive(into: &buffer) else { break }
                try StandardOutput.write(output.line(for: buffer[..<count], from: sender, at: .now))
            }
            let total = socket.drops
            if total != drops {
                StandardError.print("\(total &- drops) datagrams dropped by the kernel, \(total) in all")
                drops = total
            }
        }
    }
}

extension DatagramOutput: ExpressibleByArgument {}
