import Clocks
import HTTPForTests
import Records
import Testing

@testable import Recording

struct RetentionTests {
    private func filled(_ count: Int, at time: Timestamp = .now) throws -> MemoryStore {
        let store = MemoryStore()
        store.fill(try (0..<count).map { try Response("m\($0)", "k", "r", "p") }, at: time)
        return store
    }

    @Test func `the oldest records are removed until so many are left, in steps`() throws {
        let store = try filled(1_300)
        let recorder = try RunningRecorder(store) { $0.retainRecords = 200 }
        store.waitForRemovals(3)
        #expect(store.removalSizes.prefix(3) == [500, 500, 100])
        #expect(store.recordCount == 200)
        #expect(try recorder.call("GET", "/records/m1099").status == 404)
        #expect(try recorder.call("GET", "/records/m1100").status == 200)
    }

    @Test func `records that are too old are removed`() throws {
        let store = try filled(10, at: .now + .seconds(-7_200))
        store.fill([try Response("new", "k", "r", "p")])
        let recorder = try RunningRecorder(store) { $0.retainFor = .seconds(3_600) }
        store.waitForRemovals(1)
        #expect(store.recordCount == 1)
        #expect(try recorder.call("GET", "/records/new").status == 200)
    }

    @Test func `both rules hold`() throws {
        let store = try filled(10, at: .now + .seconds(-7_200))
        store.fill(try (0..<10).map { try Response("new\($0)", "k", "r", "p") })
        let recorder = try RunningRecorder(store) { configuration in
            configuration.retainFor = .seconds(3_600)
            configuration.retainRecords = 5
        }
        store.waitForRemovals(2)
        #expect(store.removalSizes.prefix(2) == [10, 5])
        #expect(try recorder.call("GET", "/metrics").text.contains("headcast_records_removed_total"))
    }

    @Test func `it is looked for again and again`() throws {
        let store = try filled(3)
        let recorder = try RunningRecorder(store) { configuration in
            configuration.retainRecords = 3
            configuration.retentionInterval = .milliseconds(1)
        }
        store.waitForRemovals(2)
        for index in 0..<5 { #expect(try recorder.post(response("n\(index)")).status == 201) }
        store.waitForRemovals(store.removalSizes.count + 2)
        #expect(store.recordCount == 3)
    }

    @Test func `a writer that goes from group to group is interrupted`() throws {
        let recorder = try RunningRecorder { configuration in
            configuration.retainRecords = 100
            configuration.retentionInterval = .milliseconds(5)
            configuration.maximumGroupResponses = 1
        }
        recorder.store.waitForRemovals(1)
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        for _ in calls {
            recorder.store.letThrough()
            // Gives the loop a round, in which it may give the writer more.
            _ = try recorder.call("GET", "/livez")
        }
        for call in calls { #expect(try call.reply().status == 201) }
        recorder.store.waitForRemovals(2)
        #expect(try #require(recorder.store.groupsBeforeRemovals.first { $0 > 0 }) < calls.count)
    }

    @Test func `responses take turns with steps`() {
        var configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/x"))
        configuration.retainRecords = 1
        let now = Instant(nanoseconds: 0)
        var retention = Retention(configuration, at: now)
        #expect(retention.isDue(at: now))
        retention.stepped(500, at: now)
        #expect(retention.isDue(at: now))
        retention.stepped(499, at: now)
        #expect(!retention.isDue(at: now) && retention.deadline == now + .seconds(10))
        #expect(retention.removedCount == 999)
    }

    @Test func `without a rule nothing is removed`() {
        let configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/x"))
        let retention = Retention(configuration, at: Instant(nanoseconds: 0))
        #expect(retention.deadline == nil && !retention.isDue(at: Instant(nanoseconds: .max)))
    }
}
