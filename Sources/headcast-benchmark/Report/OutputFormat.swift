import ArgumentParser

/// How the report is written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case text
    case json
}
