import Records
import Testing

struct StoreErrorTests {
    @Test func `an error says what the database said`() {
        #expect(
            "\(StoreError.full("cannot store 3 responses: database or disk is full (SQLITE_FULL)"))"
                == "cannot store 3 responses: database or disk is full (SQLITE_FULL)")
    }

    @Test func `what mends itself is told from what somebody has to mend`() {
        #expect(StoreError.unavailable("").isTemporary && StoreError.full("").isTemporary)
        #expect(StoreError.readOnly("").isTemporary && StoreError.inUse("").isTemporary)
        #expect(!StoreError.refused("").isTemporary && !StoreError.unsupported("").isTemporary)
        #expect(!StoreError.corrupt("").isTemporary)
    }

    @Test func `duplicates are the answers beyond the first of each record`() {
        #expect(StoreTotals(rows: 3, answers: 10, divergences: 1, retries: 2).duplicates == 7)
    }
}
