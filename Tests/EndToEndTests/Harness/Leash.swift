import Glibc
import Synchronization

/// Cleans up after this process, however it ends.
///
/// A shell waits for the end of a pipe that only this process holds, so that even a killed test run leaves no
/// program, namespace or directory behind. What was cleared in the ordinary way is released and not done again.
enum Leash {
    /// Runs `command` when this process is gone, unless `key` is released before.
    static func hold(_ key: String, _ command: String) { write("hold \(key) \(command)\n") }

    static func release(_ key: String) { write("release \(key)\n") }

    private static let script = """
        trap '' INT TERM HUP
        declare -A held
        while read -r verb key command; do
            if [[ $verb == hold ]]; then held[$key]=$command; else unset "held[$key]"; fi
        done
        for key in "${!held[@]}"; do eval "${held[$key]}"; done
        """

    private static let pipe = Mutex(open())

    private static func write(_ line: String) {
        pipe.withLock { pipe in
            _ = line.withCString { Glibc.write(pipe, $0, strlen($0)) }
        }
    }

    /// The writing end of the shell's standard input.
    private static func open() -> Int32 {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { return -1 }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var pid: pid_t = 0
        withCStrings(["/bin/bash", "-c", script]) { _ = posix_spawn(&pid, "/bin/bash", &actions, nil, $0, environ) }
        close(ends[0])
        return ends[1]
    }
}
