import Foundation
import Synchronization

/// A call that is under way on a thread of its own.
package final class Pending: Sendable {
    private let result = Mutex<Result<Reply, any Error>?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    package init(_ call: @escaping @Sendable () throws -> Reply) {
        Thread.detachNewThread { [self] in
            let outcome = Result { try call() }
            result.withLock { $0 = outcome }
            ended.signal()
        }
    }

    /// Waits for the end of the call. To be asked once.
    package func reply() throws -> Reply {
        ended.wait()
        return try result.withLock { try $0.unsafelyUnwrapped.get() }
    }
}
