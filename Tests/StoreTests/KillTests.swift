import Dispatch
import Foundation
import Glibc
import Records
import SQLiteRecords
import Testing

struct KillTests {
    // The end of a process is never told while another one has ended that nobody waits for.
    @Test(.timeLimit(.minutes(2)))
    func `a process that is killed while it stores loses nothing that it acknowledged`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        var acknowledged = 0
        for life in 0..<10 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, life = life as Int] in
                let writer = try SQLiteRecordStore(path: path + "/records.db").openWriter()
                let isTime = DispatchSemaphore(value: 0)
                // Killed by another thread, so that it may strike anywhere in a group.
                Thread.detachNewThread {
                    isTime.wait()
                    kill(getpid(), SIGKILL)
                }
                let note = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
                for number in 0... {
                    let group = try (0..<30).map { try response("m\(life)-\(number)-\($0 / 3)", by: "pod-\($0 % 3)") }
                    let outcomes = try writer.store(group, at: at(1))
                    write(note, Array(repeating: UInt8(ascii: "."), count: outcomes.count), outcomes.count)
                    if number == 19 + life { isTime.signal() }
                }
            }
            let noted = FileManager.default.contents(atPath: path + "/acknowledged")?.count ?? 0
            #expect(noted >= acknowledged + 30 * (20 + life))
            acknowledged = noted
            let store = SQLiteRecordStore(path: path + "/records.db")
            _ = try store.openWriter()
            let totals = try store.openReader().totals()
            // The last group may have been stored without a word of it in each life.
            #expect(Int(totals.answers) >= acknowledged && Int(totals.answers) <= acknowledged + 30 * (life + 1))
            #expect(totals.answers == totals.rows * 3 && totals.retries == 0 && totals.divergences == 0)
            #expect(try store.openReader().allRecords().count == Int(totals.rows))
        }
        #expect(try SQLiteFile.execute("PRAGMA integrity_check", at: path + "/records.db") == "ok\n")
    }
}
