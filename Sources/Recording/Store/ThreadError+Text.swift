import ErrorNumbers
import Threads

extension ThreadError: CustomStringConvertible {
    package var description: String { "cannot start a thread: \(ErrorNumber(errno))" }
}
