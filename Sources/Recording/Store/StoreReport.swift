import Records

/// What the two threads that work with the store tell the loop.
enum StoreReport: Sendable {
    case opened
    case openingFailed(StoreError)
    /// What came of each of the group, in its order, and how long that took; whether the writer goes on with the next.
    case stored([Outcome], Duration, goesOn: Bool)
    /// Nothing of the group may be acknowledged, and the next was not tried.
    case storingFailed(StoreError)
    case checked
    case checkingFailed(StoreError)
    /// So many records were removed in one step.
    case removed(Int)
    case removingFailed(StoreError)
    /// What was found for the question with this number.
    case found(UInt64, Result<Finding, StoreError>)
}
