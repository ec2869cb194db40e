/// Ends the program, which libFuzzer takes for a finding, unless something holds that must hold for every input.
package func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    guard holds else { fatalError("does not hold: \(what())") }
}
