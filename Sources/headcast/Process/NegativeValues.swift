/// Numbers below zero as values of flags: by themselves they look like flags, and the value would be missing.
enum NegativeValues {
    /// `arguments` with `--require -1` as `--require=-1`, up to a `--`.
    static func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        for argument in arguments[..<end] {
            if let flag = joined.last, flag.hasPrefix("--"), !flag.contains("="), isNegative(argument) {
                joined[joined.endIndex - 1] = "\(flag)=\(argument)"
            } else {
                joined.append(argument)
            }
        }
        return joined + arguments[end...]
    }

    private static func isNegative(_ argument: String) -> Bool {
        argument.first == "-" && argument.dropFirst().first?.isNumber == true
    }
}
