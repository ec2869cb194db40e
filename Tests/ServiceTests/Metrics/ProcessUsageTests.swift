import Glibc
import Testing

@testable import Service

struct ProcessUsageTests {
    @Test func `this process is measured`() throws {
        let usage = try #require(ProcessUsage.current())
        #expect(usage.residentBytes > 1 << 20)
        #expect(usage.processorSeconds >= 0)
        #expect(usage.openDescriptors >= 3)
        #expect(usage.maximumDescriptors >= usage.openDescriptors)
        let now = Double(time(nil))
        #expect(usage.startedAtSeconds > now - 86_400)
        #expect(usage.startedAtSeconds <= now + 1)
    }

    @Test func `the process's metrics are left out where they are unknown`() {
        var text = MetricsText()
        text.process(nil)
        #expect(text.text.isEmpty)
    }
}
