import Records

/// A response on its way into the store, and whose result it is.
///
/// A class, since it goes from one list to the next, and each copy of a response's texts and bytes would be counted.
final class Entry {
    let response: Response
    let submission: Submission
    /// Which of the submission's responses it is.
    let index: Int
    /// About what it takes in memory.
    let bytes: Int

    init(_ response: Response, of submission: Submission, _ index: Int) {
        self.response = response
        self.submission = submission
        self.index = index
        bytes =
            Self.ownBytes + response.answer.sizeBytes + response.responder.text.utf8.count
            + response.stateKey.messageID.text.utf8.count + response.stateKey.key.text.utf8.count
            + (response.topic?.text.utf8.count ?? 0)
    }

    /// What an entry takes besides its texts.
    static let ownBytes = 256

    /// Whether somebody still waits for its result.
    var isOpen: Bool { submission.isOpen(index) }

    func settle(_ result: Submission.Result) {
        submission.settle(index, result)
    }
}
