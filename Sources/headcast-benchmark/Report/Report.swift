import JSON

/// Everything that a run of the program has to tell.
struct Report: Sendable {
    var machine: Machine
    var plan: Plan
    var sections: [Section]

    /// For people.
    var text: String {
        let parts = [machine.lines] + sections.map(\.lines)
        return parts.map { $0.map { "\($0)\n" }.joined() }.joined(separator: "\n")
    }

    /// One object with `machine`, `plan` and `sections`; members of rows are named like the columns.
    var json: [UInt8] {
        var json = JSONWriter(reserving: 16 << 10)
        json.object {
            $0.object("machine") { machine.write(to: &$0) }
            $0.object("plan") {
                $0.field("rounds", plan.rounds)
                $0.field("seconds", plan.seconds)
            }
            $0.array("sections") { list in
                for section in sections { list.value(section) }
            }
        }
        json.newline()
        return json.bytes
    }
}

extension Section: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object {
            $0.field("name", name)
            $0.field("about", about)
            $0.field("unit", unit)
            $0.array("rows") { list in
                for row in rows { list.value(row) }
            }
        }
    }
}

extension Row: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            for label in labels {
                switch label.value {
                case .text(let text): json.field(named: label.name, text)
                case .number(let number): json.field(named: label.name, number)
                }
            }
            for figure in figures { json.field(named: figure.name, figure.value) }
        }
    }
}
