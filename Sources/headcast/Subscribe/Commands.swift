import Dispatch
import Headcast
import Service
import Synchronization

/// Runs a command for each message, so many at a time.
final class Commands: Sendable {
    private struct State {
        var running = 0
        var count = 0
        var failures = 0
        /// Waits until fewer run; there is one consumer, and so one at most.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let command: String
    private let parallel: Int
    /// Takes what a command prints as its answer; nil to let it be printed.
    private let answering: Answering?
    private let environment: [String: String]
    // Threads of its own: they wait for processes, which the threads of tasks must not.
    private let queue = DispatchQueue(label: "commands", attributes: .concurrent)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - command: for `/bin/sh -c`.
    ///   - parallel: how many may run at a time.
    ///   - answering: is given what each prints that ends well.
    init(
        _ command: String, parallel: Int, answering: Answering? = nil,
        environment: [String: String] = Surroundings.environment
    ) {
        self.command = command
        self.parallel = parallel
        self.answering = answering
        // What came from elsewhere must not look like an attribute of the message.
        self.environment = environment.filter { !CommandEnvironment.isOfAttributes($0.key) }
    }

    /// How many ran, and how many of them failed.
    var counts: (all: Int, failed: Int) { state.withLock { ($0.count, $0.failures) } }

    /// Starts the command for a message, as soon as there is room for it.
    func run(for message: Message) async {
        await wait(untilBelow: parallel)
        state.withLock { state in
            state.running += 1
            state.count += 1
        }
        let variables = environment.merging(CommandEnvironment.variables(of: message)) { $1 }
        queue.async { [self] in
            let (ending, output) = ShellCommand(text: command, environment: variables)
                .run(input: message.payload, keepingUpTo: answering.map { _ in Answering.maximumPayloadBytes })
            guard ending.failure == nil, let answering else { return end(ending, message) }
            Task {
                await answering.answer(message, with: output)
                end(ending, message)
            }
        }
    }

    private func end(_ ending: ShellCommand.Ending, _ message: Message) {
        if let failure = ending.failure {
            report(failure, of: message)
            answering?.countFailedCommand()
        }
        let waiter = state.withLock { state in
            state.running -= 1
            if ending.failure != nil { state.failures += 1 }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits until all have ended, and says how many failed.
    func finish() async {
        await wait(untilBelow: 1)
        let (all, failed) = counts
        guard failed > 0 else { return }
        StandardError.print("\(failed.grouped) of \(Wording.count(all, "command")) failed")
    }

    private func wait(untilBelow bound: Int) async {
        while state.withLock({ $0.running >= bound }) {
            await withCheckedContinuation { continuation in
                let isRoom = state.withLock { state in
                    guard state.running >= bound else { return true }
                    state.waiter = continuation
                    return false
                }
                if isRoom { continuation.resume() }
            }
        }
    }

    private func report(_ failure: String, of message: Message) {
        StandardError.print("command for \(message.name) failed: \(failure)")
    }
}
