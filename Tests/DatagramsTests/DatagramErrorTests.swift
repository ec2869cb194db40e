import Datagrams
import Glibc
import Testing

struct DatagramErrorTests {
    @Test func `a system call that failed is named`() {
        #expect(
            DatagramError.system("memfd_create", EMFILE).description
                == "memfd_create failed: too many open files (EMFILE)")
    }
}
