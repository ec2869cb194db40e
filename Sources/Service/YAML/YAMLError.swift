/// Why bytes are not a YAML document that Headcast reads.
package struct YAMLError: Error, Hashable, Sendable {
    /// Counted from 1; 0 when the fault is not in one line.
    package var line: Int
    /// Lower case, no full stop.
    package var problem: String
}
