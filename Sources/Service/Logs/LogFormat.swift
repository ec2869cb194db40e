import Glibc

/// How lines of the log look.
package enum LogFormat: String, CaseIterable, Sendable {
    /// Text where a person watches, JSON otherwise.
    case auto
    /// Time, level, message, then facts as `key=value`.
    case text
    /// One JSON object a line.
    case json

    /// Text or JSON, `auto` decided by whether `descriptor` is a terminal.
    package func resolved(for descriptor: Int32 = STDERR_FILENO) -> LogFormat {
        self == .auto ? (isatty(descriptor) == 1 ? .text : .json) : self
    }
}
