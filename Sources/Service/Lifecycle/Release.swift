/// Which program this is.
package enum Release {
    /// As status, contracts and `--version` tell it.
    package static let version = "0.1.0"
}
