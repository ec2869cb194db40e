import ArgumentParser
import Endpoints
import Gateway
import Service

/// Reads the values of flags, for the commands whose flags are not settings.
enum FlagValue {
    static func duration(_ text: String) throws -> Duration {
        try parse(text, .wholeDuration)
    }

    static func spacing(_ text: String) throws -> Duration {
        try parse(text, .spacing)
    }

    static func timeToLive(_ text: String) throws -> Duration {
        try parse(text, .timeToLive)
    }

    /// - Parameter port: that of the addresses which explain what is expected.
    static func endpoint(like port: UInt16) -> @Sendable (String) throws -> Endpoint {
        { try parse($0, .endpoint(like: port)) }
    }

    static func nameserver(_ text: String) throws -> Endpoint {
        try parse(text, .nameserver)
    }

    private static func parse<Value>(_ text: String, _ format: ValueFormat<Value>) throws -> Value {
        try read(text, format.parse)
    }

    static func read<Value>(_ text: String, _ parse: (String) throws(Expected) -> Value) throws -> Value {
        do throws(Expected) {
            return try parse(text)
        } catch {
            throw ValidationError("expected \(error.text)")
        }
    }
}

extension ValueFormat<Duration> {
    /// Any duration, for reading and writing one.
    static var wholeDuration: Self { .duration(.zero ... .seconds(86_400)) }
}
