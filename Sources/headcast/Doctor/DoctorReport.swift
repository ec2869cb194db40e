import Service

/// All findings, and how they are printed: a line each with its mark, and beneath it what to do.
struct DoctorReport {
    let chapters: [Chapter]

    /// Whether nothing is wrong; warnings are not.
    var isWell: Bool { count(of: .bad) == 0 }

    func count(of level: Finding.Level) -> Int {
        chapters.flatMap(\.findings).count { $0.level == level }
    }

    /// - Parameter isColored: whether marks are coloured, as for a terminal (ECMA-48, SGR).
    func text(isColored: Bool) -> String {
        let width = chapters.flatMap(\.findings).map(\.subject.count).max() ?? 0
        var text = ""
        for chapter in chapters {
            text += "\(chapter.title.visible)\n"
            for finding in chapter.findings {
                let mark = painted(padded(finding.level.rawValue, to: 4), finding.level, isColored)
                text += "  \(mark)  \(padded(finding.subject, to: width))  \(finding.text.visible)\n"
                if let advice = finding.advice {
                    text += "\(padded("", to: width + 10))-> \(advice.visible)\n"
                }
            }
            text += "\n"
        }
        let counts = Finding.Level.allCases.map { "\(count(of: $0)) \($0.rawValue)" }
        return text + counts.joined(separator: ", ") + "\n"
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func painted(_ text: String, _ level: Finding.Level, _ isColored: Bool) -> String {
        guard isColored else { return text }
        let color =
            switch level {
            case .ok: 32
            case .warn: 33
            case .bad: 31
            }
        return "\u{1B}[\(color)m\(text)\u{1B}[0m"
    }
}
