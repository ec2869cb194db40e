import CCurl

extension HTTPRequest {
    /// Whether this is a URL of HTTP with a host, as libcurl reads it (RFC 3986).
    package static func isURL(_ text: String) -> Bool {
        guard let parts = curl_url() else { return false }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK else { return false }
        var scheme: UnsafeMutablePointer<CChar>?
        defer { curl_free(scheme) }
        guard curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme else { return false }
        return ["http", "https"].contains(String(cString: scheme))
    }
}
