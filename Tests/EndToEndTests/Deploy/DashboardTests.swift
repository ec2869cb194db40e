import Testing

/// The dashboard is whole: what Grafana itself would only show as empty or overlapping panels.
struct DashboardTests {
    @Test func `it has rows for publishing, fan-out, membership, recording and replicas`() throws {
        let rows = try Dashboard().everything.filter { $0["type"].string == "row" }.compactMap { $0["title"].string }
        #expect(rows == ["Publishing", "Fan-out", "Membership", "Recording", "Replicas"])
    }

    @Test func `it is of a schema that Grafana 9 reads`() throws {
        let version = try #require(try Dashboard().json["schemaVersion"].int)
        #expect((30...37).contains(version))
    }

    @Test func `every panel has an id of its own, a title, a description and a unit`() throws {
        let dashboard = try Dashboard()
        let ids = dashboard.everything.compactMap { $0["id"].int }
        #expect(Set(ids).count == dashboard.everything.count)
        for panel in dashboard.panels {
            let title = Comment(rawValue: "\(panel["title"])")
            #expect(panel["title"].string?.isEmpty == false)
            #expect(panel["description"].string?.hasSuffix(".") == true, title)
            #expect(panel["fieldConfig"]["defaults"]["unit"].string?.isEmpty == false, title)
            #expect(!panel["targets"].list.isEmpty, title)
        }
        let titles = dashboard.everything.compactMap { $0["title"].string }
        #expect(Set(titles).count == titles.count)
    }

    @Test func `panels fill the grid from top to bottom and do not overlap`() throws {
        var taken: Set<[Int]> = []
        var last = 0
        for panel in try Dashboard().everything {
            let place = panel["gridPos"]
            let (x, y) = (try #require(place["x"].int), try #require(place["y"].int))
            let (width, height) = (try #require(place["w"].int), try #require(place["h"].int))
            let title = Comment(rawValue: "\(panel["title"])")
            #expect(x >= 0 && x + width <= 24 && width > 0 && height > 0, title)
            #expect(y >= last, title)
            last = y
            for row in y..<y + height {
                for column in x..<x + width { #expect(taken.insert([row, column]).inserted, title) }
            }
        }
    }

    @Test func `every query goes to the data source that is chosen, and its targets are told apart`() throws {
        for panel in try Dashboard().panels {
            let title = Comment(rawValue: "\(panel["title"])")
            let targets = panel["targets"].list
            for part in targets + [panel] { #expect(part["datasource"]["uid"] == .string("${datasource}"), title) }
            #expect(Set(targets.compactMap { $0["refId"].string }).count == targets.count, title)
            if targets.count > 1 {
                #expect(Set(targets.compactMap { $0["legendFormat"].string }).count == targets.count, title)
            }
        }
    }

    @Test func `one can choose data source, namespace, job and topic, and every query heeds the choice`() throws {
        let dashboard = try Dashboard()
        let names = dashboard.variables.compactMap { $0["name"].string }
        #expect(names == ["datasource", "namespace", "job", "topic"])
        #expect(dashboard.lists.map(\.label) == ["namespace", "job", "topic"])
        for query in dashboard.queries {
            let used = Set(query.matches(of: #/\$(\w+)/#).map { String($0.1) })
            #expect(used.isSuperset(of: ["namespace", "job"]), "\(query)")
            #expect(used.subtracting(names).isSubset(of: ["__rate_interval"]), "\(query)")
            let selectors = query.matches(of: #/\{[^}]*\}/#)
            for selector in selectors { #expect(selector.0.contains(#"job=~"$job""#), "\(query)") }
        }
    }
}
