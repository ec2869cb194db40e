import Datagrams
import Glibc
import Testing

struct DatagramErrorTests {
    @Test(arguments: [(ECONNREFUSED, "connection refused (ECONNREFUSED)"), (EACCES, "permission denied (EACCES)")])
    func `an errno is told by text and name`(_ code: Int32, _ expected: String) {
        #expect(describe(errno: code) == expected)
    }

    @Test(arguments: [Int32.min, -1, 99_999, .max])
    func `a number that is no errno is told too`(_ code: Int32) {
        #expect(describe(errno: code) == "unknown error \(code)")
    }

    @Test func `a system call that failed is named`() {
        #expect(
            DatagramError.system("memfd_create", EMFILE).description
                == "memfd_create failed: too many open files (EMFILE)")
    }
}
