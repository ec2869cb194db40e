import Records
import Testing

struct RecentlyUsedTests {
    @Test func `what is kept is found until as much as half of the bound came after it`() {
        var recent = RecentlyUsed<Int, String>(limit: 8)
        for number in 0..<4 { recent.keep("\(number)", for: number) }
        #expect((0..<4).map { recent.find($0) } == ["0", "1", "2", "3"])
        for number in 4..<9 { recent.keep("\(number)", for: number) }
        #expect((0..<4).map { recent.find($0) } == [nil, nil, nil, nil])
        #expect((4..<9).map { recent.find($0) } == ["4", "5", "6", "7", "8"])
    }

    @Test func `what is found stays`() {
        var recent = RecentlyUsed<Int, String>(limit: 8)
        recent.keep("used", for: 0)
        for number in 1..<100 {
            recent.keep("", for: number)
            #expect(recent.find(0) == "used")
        }
    }

    @Test func `what costs more than half of the bound is not kept`() {
        var recent = RecentlyUsed<Int, String>(limit: 8)
        recent.keep("small", for: 1)
        recent.keep("large", for: 2, cost: 5)
        #expect(recent.find(1) == "small" && recent.find(2) == nil)
    }

    @Test func `a value replaced costs once`() {
        var recent = RecentlyUsed<Int, String>(limit: 8)
        recent.keep("other", for: 1)
        for number in 0..<100 { recent.keep("\(number)", for: 2, cost: 2) }
        #expect(recent.find(1) == "other" && recent.find(2) == "99")
        recent.forgetAll()
        #expect(recent.find(1) == nil && recent.find(2) == nil)
    }
}
