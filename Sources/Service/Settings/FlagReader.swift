/// Takes a command line of settings apart: `--name value` or `--name=value`, any number of them.
struct FlagReader {
    private(set) var values: [(name: String, value: String)] = []
    private(set) var faults: [Fault] = []

    /// - Parameter known: the flags that there are, with their dashes.
    init(_ arguments: [String], known: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.utf8.count > 2 else {
                faults.append(
                    Fault("unexpected argument \(argument.quoted); expected flags like --listen 127.0.0.1:8080"))
                continue
            }
            let flag = argument.dropFirst(2)
            if let equals = flag.firstIndex(of: "=") {
                values.append((String(flag[..<equals]), String(flag[flag.index(after: equals)...])))
            } else if let value = rest.first, !value.hasPrefix("--") {
                values.append((String(flag), value))
                rest.removeFirst()
            } else if known.contains(argument) {
                faults.append(Fault("\(argument) needs a value"))
            } else {
                faults.append(Origin(subject: argument).unknown(among: known, prefix: "--"))
            }
        }
    }
}
