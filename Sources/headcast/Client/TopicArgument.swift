import ArgumentParser
import Service

/// The name of a topic as an argument.
enum TopicArgument {
    /// Refuses what cannot be asked for; the gateway knows the rest.
    static func check(_ topic: String) throws {
        guard !topic.isEmpty else { throw ValidationError("the topic is empty") }
        // In a path these are folders, and whoever is asked would be asked for another path (RFC 3986, section 5.2.4).
        guard topic != ".", topic != ".." else {
            throw ValidationError("the topic is \(topic.quoted); no topic is called . or ..")
        }
    }
}
