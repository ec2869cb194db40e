/// What a reader asks. Of each list, `?1` is the cursor and `?2` how many rows to give at most.
enum SQLiteQueries {
    static let firstAnswer = """
        SELECT p.name, \(answers), r.stored_at, r.payload, r.content_type
        FROM records r JOIN responders p ON p.id = r.responder WHERE r.message_id = ?1 AND r.key = ?2
        """

    static let allRecords = "\(records) WHERE r.id > ?1 ORDER BY r.id LIMIT ?2"

    static let recordsOfTopic = """
        \(records) WHERE r.topic = (SELECT id FROM topics WHERE name = ?3) AND r.id > ?1 ORDER BY r.id LIMIT ?2
        """

    /// The ids first, so that what is put in order are numbers and no payloads.
    static let recordsOfMessage = """
        \(records) WHERE r.id IN (
            SELECT id FROM records WHERE message_id = ?3 AND id > ?1 ORDER BY id LIMIT ?2
        ) ORDER BY r.id
        """

    static let allDivergences = "\(divergences) WHERE d.id > ?1 ORDER BY d.id LIMIT ?2"

    static let divergencesOfMessage = """
        \(divergences) WHERE d.id IN (
            SELECT id FROM divergences WHERE id > ?1 AND record IN (SELECT id FROM records WHERE message_id = ?3)
            ORDER BY id LIMIT ?2
        ) ORDER BY d.id
        """

    /// Of each record its own responder first, as part 0 of it.
    static let respondersOfMessage = """
        SELECT a.record, a.part, a.key, p.name, a.answered_at, a.retries FROM (
            SELECT id AS record, 0 AS part, key, responder, stored_at AS answered_at, retries
            FROM records WHERE message_id = ?3 AND id > ?1
            UNION ALL
            SELECT a.record, a.responder, r.key, a.responder, a.answered_at, a.retries
            FROM records r JOIN answers a ON a.record = r.id
            WHERE r.message_id = ?3 AND (a.record, a.responder) > (?1, ?4)
        ) AS a JOIN responders p ON p.id = a.responder ORDER BY a.record, a.part LIMIT ?2
        """

    /// Of the record `r`.
    private static let answers = "1 + (SELECT count(*) FROM answers a WHERE a.record = r.id)"

    private static let records = """
        SELECT r.id, r.message_id, r.key, p.name, r.payload, r.content_type,
            \(answers), r.stored_at, t.name, r.sequence
        FROM records r JOIN responders p ON p.id = r.responder LEFT JOIN topics t ON t.id = r.topic
        """

    private static let divergences = """
        SELECT d.id, r.message_id, r.key, p.name, d.payload, d.content_type, d.noticed_at, d.retries, t.name, f.name
        FROM divergences d JOIN records r ON r.id = d.record JOIN responders p ON p.id = d.responder
            JOIN responders f ON f.id = r.responder LEFT JOIN topics t ON t.id = r.topic
        """
}
