import Service

/// What is said of a flag that is not known.
enum FlagSuggestion {
    /// `text` without the flag that ArgumentParser takes to be meant, unless it is near as other names have to be.
    static func plausible(_ text: String) -> String {
        let suggestion = #/(?<fault>Unknown option '(?<given>\S+)')\. Did you mean '(?<meant>\S+)'\?/#
        guard let match = text.wholeMatch(of: suggestion) else { return text }
        let meant = nearest(to: match.given.trimmed, among: [match.meant.trimmed])
        return String(match.fault) + (meant.map { "; did you mean --\($0)?" } ?? "")
    }
}

extension Substring {
    /// Without dashes at its beginning.
    fileprivate var trimmed: String { String(drop { $0 == "-" }) }
}
