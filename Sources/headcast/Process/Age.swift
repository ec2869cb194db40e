import Clocks
import FoundationEssentials

/// How long something has lasted, in whole seconds.
struct Age: CustomStringConvertible {
    let description: String

    /// Clocks of two machines may differ a little: what lies ahead has lasted no time.
    init(since start: Date, at now: Date) {
        description = Duration.seconds(Int(max(0, now.timeIntervalSince(start)))).text
    }
}
