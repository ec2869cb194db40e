import Testing

@testable import FanOut

struct LedgerIndexTests {
    /// What the places of a ledger hold, by hand.
    private struct Model {
        var index: LedgerIndex
        var ids: [MessageID?]
        var known: [MessageID: Int] = [:]

        init(_ index: LedgerIndex, places: Int) {
            self.index = index
            ids = Array(repeating: nil, count: places)
        }

        mutating func put(_ id: MessageID, in place: Int) {
            if let old = ids[place] {
                index.remove(old, in: place)
                if known[old] == place { known[old] = nil }
            }
            ids[place] = id
            index.set(place, of: id) { ids[$0] == id }
            known[id] = place
        }

        func place(of id: MessageID) -> Int? { index.place(of: id) { ids[$0] == id } }
    }

    /// How many different ids there are; few come again and again.
    @Test(arguments: [20, 90, 5_000])
    func `an id is found in its newest place until that is taken by another`(different: Int) {
        var dice = Dice(UInt64(different))
        let ids = (0..<different).map { _ in MessageID(bits: UInt128(dice.next()) << 64 | UInt128(dice.next())) }
        var model = Model(LedgerIndex(), places: 100)
        for round in 0..<20_000 {
            model.put(ids[dice.roll(0...different - 1)], in: round % 100)
            let asked = ids[dice.roll(0...different - 1)]
            #expect(model.place(of: asked) == model.known[asked])
        }
        #expect(ids.allSatisfy { model.place(of: $0) == model.known[$0] })
    }

    @Test func `ids whose hashes are equal are told apart`() {
        // Multiplied by 1, the lowest 32 bits count for nothing.
        var model = Model(LedgerIndex(multiplier: 1), places: 50)
        for round in 0..<200 {
            model.put(MessageID(bits: UInt128(round % 70)), in: round % 50)
            for asked in 0..<70 as Range<UInt128> {
                #expect(model.place(of: MessageID(bits: asked)) == model.known[MessageID(bits: asked)])
            }
        }
    }

    @Test func `searches that begin at the end of the table go on at its start`() {
        var model = Model(LedgerIndex(multiplier: 1), places: 8)
        var dice = Dice(1)
        for round in 0..<4_000 {
            // The highest bits of all hashes are set.
            let id = MessageID(bits: UInt128(0xF000_0000 | UInt64(dice.roll(0...20) << 20)) << 32)
            model.put(id, in: round % 8)
            #expect(model.known.allSatisfy { model.place(of: $0.key) == $0.value })
        }
    }
}
