import JSON
import MicroHTTP

/// A request's query, read name by name; whatever is not asked for is refused.
package struct QueryReader {
    private let items: QueryItems

    /// - Parameters:
    ///   - known: every name that this path understands.
    ///   - repeatable: those of them that may be given more than once.
    package init(_ exchange: Exchange, known: [String], repeatable: [String] = []) throws(Refusal) {
        guard exchange.hasQuery else {
            items = QueryItems()
            return
        }
        do throws(TargetFault) {
            items = try exchange.queryItems()
        } catch {
            throw Refusal(.malformedRequest, "query: \(error)")
        }
        var seen: Set<String> = []
        for item in items.items {
            guard known.contains(item.name) else {
                throw Self.unknown(item.name, known)
            }
            guard seen.insert(item.name).inserted || repeatable.contains(item.name) else {
                throw Refusal(.invalidParameter, "\(item.name) is given more than once; give it once") {
                    $0.field("parameter", item.name)
                }
            }
        }
    }

    /// The text of `name`; nil when it was not given.
    package subscript(name: String) -> String? {
        items.items.first { $0.name == name }.map { $0.value ?? "" }
    }

    package func value<Value>(_ name: String, _ format: ValueFormat<Value>) throws(Refusal) -> Value? {
        guard let text = self[name] else { return nil }
        return try Self.parse(text, as: format, named: name)
    }

    package static func parse<Value>(
        _ text: String, as format: ValueFormat<Value>, named name: String
    ) throws(Refusal) -> Value {
        do throws(Expected) {
            return try format.parse(text)
        } catch {
            throw Refusal(.invalidParameter, "\(name) is \(text.quoted); expected \(error.text)") {
                $0.field("parameter", name)
            }
        }
    }

    private static func unknown(_ name: String, _ known: [String]) -> Refusal {
        let hint =
            if let nearest = nearest(to: name, among: known) {
                "did you mean \(nearest)?"
            } else if known.isEmpty {
                "this path takes none"
            } else {
                "this path takes \(known.joined(separator: ", "))"
            }
        return Refusal(.unknownParameter, "unknown query parameter \(name.quoted); \(hint)") {
            $0.field("parameter", name)
        }
    }
}
