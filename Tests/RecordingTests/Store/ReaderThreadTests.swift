import Clocks
import EventLoop
import Records
import Testing

@testable import Recording

struct ReaderThreadTests {
    @Test func `what an answer waits for is looked up before lists that were asked for earlier`() throws {
        let store = MemoryStore()
        _ = try store.openWriter()
        store.holdReading()
        let reports = try Inbox<StoreReport>()
        let reader = try ReaderThread(store, reports: reports)
        let deadline = Instant.now + .seconds(60)
        let questions: [Question] = Array(repeating: .list(.allRecords(topic: nil, PageRequest())), count: 5)
        for (number, question) in (questions + [.firstAnswers([])]).enumerated() {
            reader.give(ReaderThread.Task(number: UInt64(number), question: question, deadline: deadline))
        }
        store.releaseReading()
        var found: [UInt64] = []
        while found.count < 6 {
            for case .found(let number, _) in reports.wait() {
                reader.hasReported()
                found.append(number)
            }
        }
        // The first of the lists may have been under way.
        #expect(found.prefix(2).contains(5))
        #expect(found.filter { $0 != 5 } == [0, 1, 2, 3, 4])
        reader.end()
    }
}
