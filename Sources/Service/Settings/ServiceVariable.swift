import Endpoints

/// Whether Kubernetes makes an environment variable of this name for a Service.
///
/// Every container is given the Services of its namespace as variables, so that a Service named `headcast` yields
/// `HEADCAST_PORT`, `HEADCAST_SERVICE_HOST` or `HEADCAST_PORT_80_TCP_ADDR`, which must not be taken for our settings.
/// (Kubernetes documentation, "Service", "Environment variables".)
package func isServiceVariable(_ name: String) -> Bool {
    if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.hasSuffix("_PORT") { return true }
    let words = name.split(separator: "_", omittingEmptySubsequences: false)
    for index in words.indices.dropLast(2) where words[index] == "PORT" {
        let isNumber = UInt16(decimal: words[index + 1]) != nil
        if isNumber, ["TCP", "UDP", "SCTP"].contains(words[index + 2]) { return true }
    }
    return false
}
