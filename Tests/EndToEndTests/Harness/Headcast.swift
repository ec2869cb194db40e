import Testing

/// Runs the program to its end, with `input` on standard input.
func headcast(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
) async throws -> Program {
    try await headcast(arguments, input: input, environment: environment)
}

func headcast(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
) async throws -> Program {
    let program = try #require(Tool.headcast, "headcast is not built")
    var command = [program] + arguments
    if let input {
        let path = try Stage.current.write(input, to: "input-\(arguments.hashValue)")
        command = ["/bin/sh", "-c", #"exec "$0" "$@" < "# + "'\(path)'"] + command
    }
    let running = try Stage.current.start(command, environment: environment, name: arguments[0])
    _ = try await running.end()
    return running
}
