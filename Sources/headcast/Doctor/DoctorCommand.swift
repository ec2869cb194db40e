import ArgumentParser
import Gateway
import Glibc

/// `headcast doctor`: says what a gateway with the same settings would meet.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what a gateway with the same settings would meet, and say what to do about it.",
        usage: "headcast doctor [--no-probe] [SAME SETTINGS AS gateway]",
        discussion: DoctorHelp.text
    )

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var arguments: [String] = []

    func run() async throws {
        let (configuration, given) = try gatewayConfiguration(from: arguments, switches: [Self.noProbe])
        signal(SIGPIPE, SIG_IGN)
        let report = try await Doctor(configuration: configuration, probes: !given.contains(Self.noProbe)).examine()
        let isColored = isatty(STDOUT_FILENO) == 1 && (Surroundings.environment["NO_COLOR"] ?? "").isEmpty
        try StandardOutput.write(Array(report.text(isColored: isColored).utf8))
        guard report.isWell else { throw ExitCode.failure }
    }

    private static let noProbe = "--no-probe"
}
