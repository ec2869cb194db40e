import Records

/// What a reader asks. Of each list, `$1` is the cursor, `$2` how many rows to give at most, and `$3` how many bytes.
///
/// The server gives one row more than fits, so that the page can tell that there is more.
enum PostgreSQLQueries {
    /// Of the state keys `$1` and `$2`, no list: each with its place, from 1.
    static let firstAnswers = """
        SELECT k.place, p.name, \(answers), r.stored_at, r.digest
        FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS k (message_id, key, place)
            JOIN headcast.records r ON r.message_id = k.message_id AND r.key = k.key
            JOIN headcast.responders p ON p.id = r.responder
        """

    static let allRecords = records(where: "id > $1")

    static let recordsOfTopic = records(
        where: "topic = (SELECT id FROM headcast.topics WHERE name = $4::bytea) AND id > $1")

    static let recordsOfMessage = records(where: "message_id = $4::bytea AND id + 0 > $1", order: byMessage)

    static let allDivergences = divergences(where: "id > $1")

    static let divergencesOfMessage = divergences(
        where: "record IN (SELECT id FROM headcast.records WHERE message_id = $4::bytea) AND id + 0 > $1",
        order: byMessage)

    /// Of each record its own responder first, as part 0 of it. In the order of `id + 0`: see `byMessage`.
    static let respondersOfMessage = """
        SELECT a.record, a.part, a.key, p.name, a.answered_at, a.retries FROM (
            SELECT id + 0 AS record, 0 AS part, key, responder, stored_at AS answered_at, retries
            FROM headcast.records WHERE message_id = $4::bytea AND id + 0 > $1::bigint
            UNION ALL
            SELECT a.record + 0, a.responder, r.key, a.responder, a.answered_at, a.retries
            FROM headcast.records r JOIN headcast.answers a ON a.record = r.id
            WHERE r.message_id = $4::bytea AND (a.record + 0, a.responder) > ($1::bigint, $5::bigint)
        ) AS a JOIN headcast.responders p ON p.id = a.responder
        WHERE $3::bigint > 0 ORDER BY a.record, a.part LIMIT $2::bigint
        """

    /// Of the record `r`.
    private static let answers = "1 + (SELECT count(*) FROM headcast.answers a WHERE a.record = r.id)"

    /// No column alone, so that the server goes by the message: in the order of the ids, it might look at all there are
    /// for those of one.
    private static let byMessage = "id + 0"

    private static func records(where condition: String, order: String = "id") -> String {
        """
        SELECT r.id, r.message_id, r.key, p.name, r.payload, r.content_type,
            \(answers), r.stored_at, t.name, r.sequence
        FROM (\(page("records", condition, order))) AS page JOIN headcast.records r ON r.id = page.id
            JOIN headcast.responders p ON p.id = r.responder LEFT JOIN headcast.topics t ON t.id = r.topic
        WHERE page.bytes < $3::bigint ORDER BY r.id
        """
    }

    private static func divergences(where condition: String, order: String = "id") -> String {
        """
        SELECT d.id, r.message_id, r.key, p.name, d.payload, d.content_type, d.noticed_at, d.retries, t.name, f.name
        FROM (\(page("divergences", condition, order))) AS page JOIN headcast.divergences d ON d.id = page.id
            JOIN headcast.records r ON r.id = d.record JOIN headcast.responders p ON p.id = d.responder
            JOIN headcast.responders f ON f.id = r.responder LEFT JOIN headcast.topics t ON t.id = r.topic
        WHERE page.bytes < $3::bigint ORDER BY d.id
        """
    }

    /// The ids of a page, each with the bytes of all rows before the one before it.
    private static func page(_ table: String, _ condition: String, _ order: String) -> String {
        """
        SELECT id, coalesce(sum(length) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING), 0) AS bytes
        FROM (
            SELECT id, octet_length(payload) AS length FROM headcast.\(table) WHERE \(condition)
            ORDER BY \(order) LIMIT $2::bigint
        ) AS lengths
        """
        .replacing("$1", with: "$1::bigint")
    }
}
