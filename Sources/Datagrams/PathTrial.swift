import Endpoints
import Glibc

/// What a probe sends with payloads of one size, and what became of it for each address.
final class PathTrial {
    let payloadBytes: Int
    private(set) var outcomes: [IPAddress: PathProbe.Outcome] = [:]

    private let addresses: [IPAddress]
    private let ports: ProbePorts
    private let socket: UDPSocket

    /// - Parameter source: the address that datagrams come from; nil leaves the choice to routing.
    init(
        of addresses: [IPAddress], payloadBytes: Int, from source: IPAddress?, to ports: ProbePorts
    ) throws(DatagramError) {
        self.addresses = addresses
        self.payloadBytes = payloadBytes
        self.ports = ports
        // What is longer than an Ethernet frame leaves in fragments, as a gateway's datagrams do.
        socket = try UDPSocket(source: source.map { Endpoint(address: $0, port: 0) }, fragments: payloadBytes > 1_472)
    }

    var descriptor: Int32 { socket.descriptor }

    /// Addresses of which something may still be heard.
    var unsettled: [IPAddress] {
        addresses.filter { outcomes[$0] == nil || outcomes[$0] == .onlyShortArrives }
    }

    func begin() {
        for address in addresses { send(payloadBytes, to: Endpoint(address: address, port: ports.first)) }
    }

    /// Sends another datagram, and a short one, to whoever has said nothing.
    func repeatUnanswered() {
        for address in unsettled {
            send(payloadBytes, to: Endpoint(address: address, port: ports.second))
            if let port = ports.short { send(1, to: Endpoint(address: address, port: port)) }
        }
    }

    /// Takes what has come back.
    func drain() {
        while let report = socket.nextReport() { note(report) }
    }

    private func send(_ count: Int, to endpoint: Endpoint) {
        let bytes = [UInt8](repeating: UInt8(ascii: "."), count: count)
        var code: Int32?
        // An error reported of an earlier datagram fails one send, whoever that is for.
        for _ in 0..<3 {
            code = socket.send(bytes.span.bytes, to: endpoint)
            guard code != nil else { return }
            drain()
            if outcomes[endpoint.address] != nil { return }
        }
        if let code, code != EAGAIN { outcomes[endpoint.address] = .unreachable(code, by: nil) }
    }

    private func note(_ report: SocketReport) {
        let address = report.endpoint.address
        guard unsettled.contains(address) else { return }
        switch report.code {
        case EMSGSIZE:
            if let mtu = report.mtu, mtu < payloadBytes + address.datagramHeaderBytes {
                outcomes[address] = .tooLarge(mtu: mtu, by: report.reporter)
            }
        case ECONNREFUSED where report.reporter == address:
            switch report.endpoint.port {
            case ports.first, ports.second: outcomes[address] = .arrived
            case ports.short: outcomes[address] = .onlyShortArrives
            default: break
            }
        default:
            let router = report.reporter.flatMap { Self.isOwn($0) ? nil : $0 }
            outcomes[address] = .unreachable(report.code, by: router)
        }
    }

    /// Whether this machine has `address`: it reports in its own name that nobody on the network has another.
    private static func isOwn(_ address: IPAddress) -> Bool {
        (try? UDPSocket(source: Endpoint(address: address, port: 0))) != nil
    }
}
