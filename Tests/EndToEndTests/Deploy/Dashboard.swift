import Foundation
import Testing

/// The dashboard for Grafana that `deploy` has.
struct Dashboard: Sendable {
    let json: JSON

    init() throws {
        let path = Tool.root + "/deploy/grafana-dashboard.json"
        let bytes = try #require(FileManager.default.contents(atPath: path), "there is no \(path)")
        json = try #require(JSON(text: String(decoding: bytes, as: UTF8.self)), "the dashboard is not JSON")
    }

    /// Rows and panels in order.
    var everything: [JSON] { json["panels"].list }
    var panels: [JSON] { everything.filter { $0["type"].string != "row" } }
    var variables: [JSON] { json["templating"]["list"].list }

    /// Every query of a panel, as written.
    var queries: [String] { panels.flatMap { $0["targets"].list }.compactMap { $0["expr"].string } }

    /// Every query that fills a variable, as the series it selects and the label it lists.
    var lists: [(selector: String, label: String)] {
        variables.compactMap { $0["query"]["query"].string }.compactMap { query in
            query.wholeMatch(of: #/label_values\((.+), (\w+)\)/#).map { (String($0.1), String($0.2)) }
        }
    }

    /// A query as Grafana sends it while every variable is at "All" and points stand for 2 s.
    static func sent(_ query: String) -> String {
        query.replacing("$__rate_interval", with: "2s")
            .replacing(#/\$(namespace|job|topic)\b/#, with: ".*")
    }

    /// The metrics that a query names: what stands before a brace or a range.
    static func metrics(in query: String) -> Set<String> {
        Set(query.matches(of: #/\b([a-z_]+)\{/#).map { String($0.1) })
    }
}
