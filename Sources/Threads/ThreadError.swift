/// Why a thread cannot be started, by pthread_create(3).
package struct ThreadError: Error, Equatable {
    package let errno: Int32
}
