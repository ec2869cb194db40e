import Fuzzing

/// What a gateway writes is read back by a subscriber: see ``Run``.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzWriter(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    do {
        let run = try Run(&input)
        while !input.isEmpty { run.step(&input) }
        run.finish()
    } catch {
        fatalError("no log: \(error)")
    }
    return 0
}
