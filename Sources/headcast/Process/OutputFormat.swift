import ArgumentParser

/// How a command tells what came of it.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case text
    case json
}
