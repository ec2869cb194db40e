import Datagrams
import Synchronization

/// Carries a socket to the thread that will own it.
final class Handover: Sendable {
    private let socket: Mutex<ReceivingSocket?>

    init(_ socket: consuming ReceivingSocket) {
        self.socket = Mutex(socket)
    }

    /// The socket, once.
    func take() -> ReceivingSocket? {
        socket.withLock { $0.take() }
    }
}
