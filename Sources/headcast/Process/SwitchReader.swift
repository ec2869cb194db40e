import Service

/// Takes the flags without a value out of a command line of settings, which a command has besides: `--no-probe`.
struct SwitchReader {
    private(set) var given: Set<String> = []
    /// What is left, for the settings.
    private(set) var rest: [String] = []
    private(set) var faults: [Fault] = []

    /// - Parameters:
    ///   - known: the flags, with their dashes.
    ///   - settings: those of the settings, which have a value.
    init(_ arguments: [String], known: [String], settings: [String]) {
        for argument in arguments {
            let name = String(argument.prefix { $0 != "=" })
            if known.contains(argument) {
                given.insert(argument)
            } else if known.contains(name) {
                faults.append(Fault("\(name) takes no value"))
            } else if let meant = Self.meant(by: name, among: known, settings) {
                faults.append(Fault("\(name) is unknown; did you mean \(meant)?"))
            } else {
                rest.append(argument)
            }
        }
    }

    /// The one of `known` that the flag `name` is nearest to; nil where a setting is nearer.
    private static func meant(by name: String, among known: [String], _ settings: [String]) -> String? {
        guard name.hasPrefix("--") else { return nil }
        let names = (settings + known).map { String($0.dropFirst(2)) }
        let meant = nearest(to: String(name.dropFirst(2)), among: names).map { "--\($0)" }
        return meant.flatMap { known.contains($0) ? $0 : nil }
    }
}
