import Clocks
import Testing

@testable import FanOut

struct MessageIDTests {
    private let noon = Timestamp(nanoseconds: 1_790_000_000_123_456_789)

    @Test func `an id is read back from its text`() throws {
        var dice = Dice(1)
        for _ in 0..<2_000 {
            let id = MessageID(bits: UInt128(dice.next()) << 64 | UInt128(dice.next()))
            #expect(MessageID(id.description) == id)
            #expect(MessageID(id.description.uppercased()) == id)
        }
    }

    @Test(arguments: [
        (UInt128(0), "00000000-0000-0000-0000-000000000000"),
        (.max, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF, "01234567-89ab-cdef-0123-456789abcdef"),
    ])
    func `an id is written in groups of 8, 4, 4, 4 and 12 digits`(_ bits: UInt128, _ expected: String) {
        #expect(MessageID(bits: bits).description == expected)
    }

    @Test(arguments: [
        "", "0", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0",
        "01234567-89ab-cdef-0123-456789abcdef ", " 01234567-89ab-cdef-0123-456789abcde",
        "0123456789abcdef0123456789abcdef", "01234567089ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "{01234567-89ab-cdef-0123-456789abcdef}", "0123456--89ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123_456789abcdef", "01234567-89ab-cdef-0123-456789abcd\u{E9}",
        "01234567-89ab-cdef-0123-456789abcde\u{FF11}", "+1234567-89ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcde\u{0}", "------------------------------------",
    ])
    func `garbage is no id`(_ text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test func `a very long text is no id`() {
        #expect(MessageID(String(repeating: "0", count: 1_000_000)) == nil)
    }

    @Test func `an id bears version 7 and the variant of RFC 9562`() {
        var ids = MessageIDGenerator(seed: 3)
        for step in 0..<1_000 {
            let bits = ids.next(at: noon + .nanoseconds(step * 997)).bits
            #expect(bits >> 76 & 0xF == 7)
            #expect(bits >> 62 & 0b11 == 0b10)
        }
    }

    @Test func `an id begins with the milliseconds since 1970`() {
        var ids = MessageIDGenerator(seed: 3)
        #expect(ids.next(at: noon).bits >> 80 == 1_790_000_000_123)
        #expect(ids.next(at: Timestamp(nanoseconds: 0)).bits >> 80 == 0)
    }

    @Test func `ids of later times sort later`() {
        var ids = MessageIDGenerator(seed: 4)
        var dice = Dice(5)
        var time = noon
        var last = ids.next(at: time)
        for _ in 0..<20_000 {
            // 4,096 parts of a millisecond are told apart: 245 ns are always a new one.
            time = time + .nanoseconds(dice.roll(245...1_000_000))
            let id = ids.next(at: time)
            #expect(last.bits < id.bits)
            last = id
        }
    }

    @Test func `ids of the last and the first instant of two milliseconds sort by time`() {
        var ids = MessageIDGenerator(seed: 6)
        let early = ids.next(at: Timestamp(nanoseconds: 1_790_000_000_000_999_999))
        let late = ids.next(at: Timestamp(nanoseconds: 1_790_000_000_001_000_000))
        #expect(early.bits < late.bits)
        #expect(early.description < late.description)
    }

    @Test func `ids of one instant, and of a clock that goes back a little, ascend`() {
        var ids = MessageIDGenerator()
        var last = ids.next(at: noon)
        for step in 0..<50_000 {
            let id = ids.next(at: noon + .nanoseconds(-step))
            #expect(last.bits < id.bits)
            #expect(id.bits >> 80 == 1_790_000_000_123)
            #expect(id.bits >> 62 & 0b11 == 0b10)
            last = id
        }
    }

    @Test func `a clock set back by more is followed`() {
        var ids = MessageIDGenerator()
        _ = ids.next(at: noon)
        #expect(ids.next(at: noon + .seconds(-1)).bits >> 80 == 1_790_000_000_123)
        #expect(ids.next(at: noon + .seconds(-2)).bits >> 80 == 1_789_999_998_123)
    }

    @Test func `two gateways make different ids at one instant`() {
        var one = MessageIDGenerator()
        var other = MessageIDGenerator()
        #expect(one.next(at: noon) != other.next(at: noon))
    }

    @Test(arguments: [-9_000_000_000_000_000_000, -1, 0, Int64.max])
    func `any time from 1700 to 2262 gives an id`(_ nanoseconds: Int64) {
        var ids = MessageIDGenerator(seed: 1)
        #expect(ids.next(at: Timestamp(nanoseconds: nanoseconds)).bits >> 76 & 0xF == 7)
    }

    @Test func `an id tells when it was made`() {
        var ids = MessageIDGenerator(seed: 7)
        let id = ids.next(at: Timestamp(nanoseconds: 1_790_000_000_001_999_999))
        #expect(id.madeAt == Timestamp(nanoseconds: 1_790_000_000_001_000_000))
    }

    @Test(arguments: [
        "01a20695-2af4-4100-9abc-178212343525", "01a20695-2af4-7100-1abc-178212343525",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ])
    func `an id that is of another version, or of no time there is, tells none`(text: String) throws {
        #expect(try #require(MessageID(text)).madeAt == nil)
    }
}
