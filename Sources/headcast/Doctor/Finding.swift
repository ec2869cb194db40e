/// One thing that the doctor found: what is so, in facts, and what to do about it.
struct Finding: Hashable, Sendable {
    /// The raw value is the mark in the report.
    enum Level: String, CaseIterable, Sendable {
        /// As it should be.
        case ok
        /// Works, and will surprise somebody some day.
        case warn
        /// Messages do not get through, or not all of them.
        case bad
    }

    var level: Level
    /// One word.
    var subject: String
    /// A fragment without its full stop.
    var text: String
    /// What to do, unless all is well.
    var advice: String?

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(level: .ok, subject: subject, text: text, advice: nil)
    }

    static func warn(_ subject: String, _ text: String, advice: String) -> Finding {
        Finding(level: .warn, subject: subject, text: text, advice: advice)
    }

    static func bad(_ subject: String, _ text: String, advice: String) -> Finding {
        Finding(level: .bad, subject: subject, text: text, advice: advice)
    }
}

/// The findings about one thing: a topic, or the machine.
struct Chapter: Hashable, Sendable {
    var title: String
    var findings: [Finding]
}
