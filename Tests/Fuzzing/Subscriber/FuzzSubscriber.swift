import Fuzzing

/// The reader of datagrams keeps its promises whatever comes: see ``Run``.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzSubscriber(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let run = Run(&input)
    while !input.isEmpty { run.step(&input) }
    run.finish()
    return 0
}
