import Clocks

/// A database of records. Made anywhere; what it opens belongs to the thread that opens it.
package protocol RecordStore: Sendable {
    /// Opens the side that changes; makes the database or brings it up to this version first.
    func openWriter() throws(StoreError) -> any RecordWriter

    /// Opens the side that only looks; `unavailable` until a writer has been opened once.
    func openReader() throws(StoreError) -> any RecordReader
}

/// The side of a store that changes it. Every call blocks; for one thread.
///
/// A writer outlives its errors: where the connection is lost, the next call makes another one. When to try again, and
/// how long, is the caller's business.
package protocol RecordWriter: AnyObject {
    /// Stores `group` in its order, all of it or nothing; durable when it returns.
    ///
    /// What came of each response stands in the order of the group. One group is one transaction: the larger it is,
    /// the less of the wait for the disk falls to each. The same state key may come many times, also with divergences.
    /// After an error nothing is acknowledged; that nothing was stored is not certain when a connection broke, so the
    /// responses have to come again, as retries do.
    func store(_ group: [Response], at now: Timestamp) throws(StoreError) -> [Outcome]

    /// Changes nothing, as durably as ``store(_:at:)`` would: whether the store takes changes at the moment.
    func check() throws(StoreError)

    /// Removes the oldest records, with all that belongs to them, as long as they were stored before `time`; at most
    /// `limit` records, so that nothing waits long. Gives how many.
    func removeRecords(storedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int

    /// Removes the oldest records until `count` are left; at most `limit`, as above. Gives how many.
    func removeOldest(keeping count: Int64, limit: Int) throws(StoreError) -> Int
}

/// The side of a store that looks into it. Every call blocks; for one thread, not that of the writer.
///
/// Lists are in the order of storing. A page shows what was durable when it was asked for; what is added later comes
/// after it, never before. Like a writer, it outlives its errors.
package protocol RecordReader: AnyObject {
    /// What there is to tell of the records of `stateKeys`, in their order; nil where there is none.
    ///
    /// One way to a server and back, however many there are. Each costs the same however many its message has.
    func firstAnswers(to stateKeys: [StateKey]) throws(StoreError) -> [FirstAnswer?]

    /// The records of a message.
    func records(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Record>

    /// The records of a topic, or with nil all there are.
    func records(in topic: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Record>

    /// Answers that differ from the record; of one message, or with nil all there are.
    func divergences(of messageID: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Divergence>

    /// Who gave the records' answers to a message, by record, and of each the first one first. Who agrees while pages
    /// are turned may be left out.
    func responders(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Agreement>

    /// Costs the same however much there is.
    func totals() throws(StoreError) -> StoreTotals
}
