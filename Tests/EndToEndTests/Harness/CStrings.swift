import Glibc

/// Lends `strings` as C takes a vector of arguments: pointers, the last one null.
func withCStrings<Result>(_ strings: [String], _ use: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return use(pointers)
}
