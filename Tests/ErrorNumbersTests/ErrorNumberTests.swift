import ErrorNumbers
import Glibc
import Testing

struct ErrorNumberTests {
    @Test(arguments: [
        (ECONNREFUSED, "connection refused (ECONNREFUSED)"), (EACCES, "permission denied (EACCES)"),
        (EADDRINUSE, "address already in use (EADDRINUSE)"),
    ])
    func `an error number reads as its text and its name`(_ code: Int32, _ expected: String) {
        #expect(ErrorNumber(code).description == expected)
    }

    @Test(arguments: [Int32.min, -1, 99_999, .max])
    func `a number that is none still reads`(_ code: Int32) {
        #expect(ErrorNumber(code).description == "unknown error \(code)")
    }
}
