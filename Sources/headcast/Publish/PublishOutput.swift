import ArgumentParser

/// How `headcast publish` tells what became of a message.
enum PublishOutput: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}
