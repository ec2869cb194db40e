import Clocks
import Testing

@testable import headcast

struct ProgressLineTests {
    private final class Screen {
        var text = ""
    }

    private let start = Instant(nanoseconds: 1_000_000_000)

    private func progress(isShown: Bool, on screen: Screen) -> ProgressLine {
        var progress = ProgressLine(isShown: isShown, startedAt: start)
        progress.write = { screen.text += $0 }
        return progress
    }

    @Test func `short work shows nothing`() {
        let screen = Screen()
        var progress = progress(isShown: true, on: screen)
        progress.show(5, at: start + .milliseconds(999))
        progress.end()
        #expect(screen.text.isEmpty)
    }

    @Test func `long work shows how far it is, five times a second at most`() {
        let screen = Screen()
        var progress = progress(isShown: true, on: screen)
        progress.show(1_500, at: start + .seconds(1))
        progress.show(1_600, at: start + .milliseconds(1_199))
        progress.show(3_000, at: start + .milliseconds(1_200))
        progress.end()
        #expect(
            screen.text == "\r1,500 messages, 1,500 a second\u{1B}[K\r3,000 messages, 2,500 a second\u{1B}[K\r\u{1B}[K")
    }

    @Test func `without a terminal nothing is shown`() {
        let screen = Screen()
        var progress = progress(isShown: false, on: screen)
        progress.show(1_500, at: start + .seconds(5))
        progress.end()
        #expect(screen.text.isEmpty)
    }
}
