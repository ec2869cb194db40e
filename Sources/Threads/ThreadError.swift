import ErrorNumbers

/// Why a thread cannot be started, by pthread_create(3).
package struct ThreadError: Error, Equatable {
    package let errno: Int32
}

extension ThreadError: CustomStringConvertible {
    package var description: String { "cannot start a thread: \(ErrorNumber(errno))" }
}
