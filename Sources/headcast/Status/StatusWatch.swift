import Clocks
import FoundationEssentials
import Glibc
import Requesting
import Service

/// Shows a page again and again until a signal comes: on a terminal in place, elsewhere one below the other.
struct StatusWatch {
    let interval: Duration
    /// Asks the gateways; stops when the signal comes.
    let http: HTTPClient

    /// Calls `page` for each showing, with the one before.
    func run(_ page: ((summary: StatusSummary, at: Date)?) async throws -> StatusPage) async throws {
        let signals = try StopSignals()
        http.stopDescriptor = signals.descriptor
        let isTerminal = isatty(STDOUT_FILENO) == 1
        if isTerminal { try show(Self.opening) }
        defer { if isTerminal { try? show(Self.closing) } }
        var previous: (summary: StatusSummary, at: Date)?
        repeat {
            var lines: [String]
            do {
                let page = try await page(previous)
                previous = (page.summary, page.now)
                lines = page.lines
            } catch let failure as ProgramFailure {
                lines = [failure.description]
            }
            lines = ["\(Date.now.formatted(.iso8601)), every \(interval.text), Ctrl-C ends", ""] + lines
            try show(isTerminal ? Self.screen(lines, rows: Self.rows) : lines.joined(separator: "\n") + "\n\n")
        } while wait(for: signals.descriptor)
        withExtendedLifetime(signals) {}
    }

    /// The alternate screen, so that what was on the terminal is there again afterwards, and no wrapping of lines: each
    /// must take one row, or the page would grow beyond the screen (xterm, DECSET 1049 and 7).
    static let opening = "\u{1B}[?1049h\u{1B}[?7l"
    static let closing = "\u{1B}[?7h\u{1B}[?1049l"

    /// What replaces the screen's content by as many of `lines` as fit.
    static func screen(_ lines: [String], rows: Int) -> String {
        var shown = lines
        if shown.count > rows - 1 {
            let rest = shown.count - max(1, rows - 2)
            shown = shown.prefix(max(1, rows - 2)) + ["and \(rest) more lines"]
        }
        return "\u{1B}[H" + shown.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }

    private static var rows: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    private func show(_ text: String) throws {
        try StandardOutput.write(Array(text.utf8))
    }

    /// Whether the interval passes without a signal.
    private func wait(for stop: Int32) -> Bool {
        var descriptor = pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, Int32(clamping: Int(interval / .milliseconds(1)))) == 0
    }
}
