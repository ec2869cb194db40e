/// A statement with its parameters, `$1` first.
struct PostgreSQLCommand {
    let sql: String
    let parameters: [PostgreSQLValue]

    init(_ sql: String, _ parameters: [PostgreSQLValue]) {
        self.sql = sql
        self.parameters = parameters
    }

    init(_ sql: String, _ parameters: PostgreSQLValue...) {
        self.init(sql, parameters)
    }

    /// Hands the parameters over as libpq takes them.
    func withParameters<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        // One block for all, since a pointer into each array could be had only by nesting as deep as there are many.
        let total = parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) }
        return withUnsafeTemporaryAllocation(byteCount: total, alignment: 1) { block in
            var values: [UnsafePointer<CChar>?] = []
            var start = 0
            for bytes in parameters.map(\.bytes) {
                guard let bytes, let base = block.baseAddress else {
                    values.append(nil)
                    continue
                }
                block[start..<start + bytes.count].copyBytes(from: bytes)
                values.append(UnsafePointer((base + start).assumingMemoryBound(to: CChar.self)))
                start += bytes.count
            }
            return body(values, lengths, formats)
        }
    }
}

extension PostgreSQLCommand {
    static let begin = PostgreSQLCommand("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    static let commit = PostgreSQLCommand("COMMIT")
    static let rollback = PostgreSQLCommand("ROLLBACK")
}
