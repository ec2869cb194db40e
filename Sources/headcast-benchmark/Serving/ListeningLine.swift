import Endpoints

/// The line of JSON in which a server tells where it listens, among others that it logs.
enum ListeningLine {
    static func text(_ endpoint: Endpoint) -> String {
        #"{"message":"listening","endpoint":"\#(endpoint)"}"# + "\n"
    }

    /// Nil while there is no such line, whole, in `text`.
    static func endpoint(in text: String) -> Endpoint? {
        let member = #""endpoint":""#
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard let line = lines.first(where: { $0.contains(#""message":"listening""#) }),
            let start = line.firstRange(of: member)
        else { return nil }
        return Endpoint(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
