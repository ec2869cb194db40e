import Requesting

extension HTTPAnswer {
    /// What is said of an answer that has none of a gateway's documents, after who gave it.
    var strangeness: String {
        switch status {
        // Far beyond what the gateway takes, its HTTP library answers in its place, with a page.
        case 414, 431: "answered \(status): the headers are longer than the gateway takes; its headerBytes sets that"
        default: "answered \(status), but not as a gateway does"
        }
    }
}
