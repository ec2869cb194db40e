/// One thing that is wrong with a program's settings, as a line to print.
///
/// It says where the value came from, what it is and what would be right:
/// `headcast.yaml:7: copies is "many"; expected 1 to 16`.
package struct Fault: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// The line is made safe for a terminal and cut after 1,000 characters.
    package init(_ description: String) {
        self.description = String(description.prefix(1_000)).visible
    }
}

/// Everything that is wrong with a program's settings, in the order file, environment, flags.
package struct Faults: Error, Hashable, Sendable {
    package let faults: [Fault]

    package init(_ faults: [Fault]) {
        self.faults = faults
    }
}

/// Where a value came from, for messages.
package struct Origin: Hashable, Sendable {
    /// What leads to the value: `headcast.yaml:7`, `--topic orders`; empty where the subject says it all.
    package var place: String

    /// The name of the value there: `copies`, `--listen`, `HEADCAST_LISTEN`.
    package var subject: String

    package init(place: String = "", subject: String) {
        self.place = place
        self.subject = subject
    }

    /// Whether the value came with a flag.
    package var isFlag: Bool { place.isEmpty && subject.hasPrefix("--") }

    /// A fault that reads on from the subject: `is unknown`.
    package func fault(_ predicate: String) -> Fault {
        Fault(place.isEmpty ? "\(subject) \(predicate)" : "\(place): \(subject) \(predicate)")
    }

    package func fault(value: String, _ expected: Expected) -> Fault {
        fault("is \(value.quoted); expected \(expected.text)")
    }

    /// The subject is none of `names`, which all begin with `prefix`, as it does.
    package func unknown(among names: some Sequence<String>, prefix: String = "") -> Fault {
        let meant = nearest(
            to: String(subject.dropFirst(prefix.count)), among: names.lazy.map { String($0.dropFirst(prefix.count)) }
        )
        return fault("is unknown" + (meant.map { "; did you mean \(prefix)\($0)?" } ?? ""))
    }
}
