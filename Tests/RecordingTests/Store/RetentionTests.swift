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
        #expect(retention.step(at: .now).limit == 500)
        retention.stepped(500, at: now)
        #expect(retention.isDue(at: now))
        retention.stepped(499, at: now)
        #expect(!retention.isDue(at: now) && retention.deadline == now + .seconds(10))
        #expect(retention.removedCount == 999)
    }

    @Test(arguments: [(0, 500), (250, 500), (251, 502), (1_000, 2_000), (1_000_000, 2_000)])
    func `a step removes more than was stored since the one before`(stored: Int, limit: Int) {
        var configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/x"))
        configuration.retainFor = .seconds(60)
        let now = Instant(nanoseconds: 0)
        var retention = Retention(configuration, at: now)
        retention.stored(stored, at: now)
        #expect(retention.step(at: .now).limit == limit)
        retention.stepped(limit, at: now)
        #expect(retention.isDue(at: now))
        #expect(retention.step(at: .now).limit == 500)
        retention.stepped(499, at: now)
        #expect(!retention.isDue(at: now))
    }

    @Test(arguments: [(1, 1_000), (10_000, 1_000), (50_000, 5_000)])
    func `it is looked before its time when a tenth more was stored`(kept: Int, many: Int) {
        var configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/x"))
        configuration.retainRecords = kept
        let now = Instant(nanoseconds: 0)
        var retention = Retention(configuration, at: now)
        _ = retention.step(at: .now)
        retention.stepped(0, at: now)
        retention.stored(many - 1, at: now)
        #expect(!retention.isDue(at: now))
        retention.stored(1, at: now)
        #expect(retention.isDue(at: now))
    }

    @Test func `what comes in without a pause does not outgrow what is to be kept`() throws {
        let recorder = try RunningRecorder { $0.retainRecords = 1_000 }
        for batch in 0..<20 {
            let lines = (0..<1_000).map { response("m\(batch)-\($0)") }
            let reply = try recorder.call("POST", "/responses/batch", Array(lines.joined(separator: "\n").utf8))
            #expect(reply.status == 200)
            #expect(recorder.store.recordCount <= 5_000)
        }
    }

    @Test func `without a rule nothing is removed`() {
        let configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/x"))
        let retention = Retention(configuration, at: Instant(nanoseconds: 0))
        #expect(retention.deadline == nil && !retention.isDue(at: Instant(nanoseconds: .max)))
    }
}
