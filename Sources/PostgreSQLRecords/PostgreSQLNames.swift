import Records

/// The numbers of names in a table that gives them, as far as they were used lately.
struct PostgreSQLNames {
    private static let maximumRecent = 32_768

    private let table: String
    private var recent = RecentlyUsed<Label, Int64>(limit: maximumRecent)

    init(table: String) {
        self.table = table
    }

    /// Sorts `names` into those whose number is known and those that have to be asked for.
    mutating func sort(_ names: Set<Label>) -> (known: [Label: Int64], unknown: [Label]) {
        var known: [Label: Int64] = [:]
        var unknown: [Label] = []
        for name in names {
            if let number = recent.find(name) { known[name] = number } else { unknown.append(name) }
        }
        return (known, unknown)
    }

    /// What gives `names` numbers where they have none, and then tells them; under the lock of the totals.
    func commands(for names: [Label]) -> [PostgreSQLCommand] {
        guard !names.isEmpty else { return [] }
        let parameter = PostgreSQLValue(names.map(Optional.some))
        return [
            PostgreSQLCommand(
                "INSERT INTO headcast.\(table) (name) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING", parameter),
            PostgreSQLCommand("SELECT name, id FROM headcast.\(table) WHERE name = ANY ($1::bytea[])", parameter),
        ]
    }

    /// Takes what was committed.
    mutating func keep(_ numbers: [Label: Int64]) {
        for (name, number) in numbers { recent.keep(number, for: name) }
    }

    mutating func forgetAll() {
        recent.forgetAll()
    }
}
