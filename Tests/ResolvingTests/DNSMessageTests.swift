import Endpoints
import Testing

@testable import Resolving

struct DNSMessageTests {
    private func answer(_ message: AnswerBytes) throws -> DNSAnswer {
        try DNSMessage(message.bytes).answer(to: try message.question)
    }

    private func addresses(_ texts: String...) throws -> [IPAddress] {
        try texts.map { try #require(IPAddress($0)) }
    }

    @Test func `the addresses of an answer are read`() throws {
        let message = AnswerBytes().answering(a("10.0.0.1"), a("10.0.0.2"))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1", "10.0.0.2"), timeToLive: .seconds(5)))
    }

    @Test func `IPv6 addresses are read`() throws {
        let message = AnswerBytes(type: .aaaa).answering(aaaa("2001:db8::1"))
        #expect(try answer(message) == .addresses(addresses("2001:db8::1"), timeToLive: .seconds(5)))
    }

    @Test func `the time to live is the least of all records used`() throws {
        let message = AnswerBytes().answering(
            cname("b.example", ttl: 7), a("10.0.0.1", of: "b.example", ttl: 30), a("10.0.0.9", of: "c.example", ttl: 1))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(7)))
    }

    @Test func `a time to live with its top bit set is zero`() throws {
        let message = AnswerBytes().answering(a("10.0.0.1", ttl: 0x8000_0005))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .zero))
    }

    @Test func `names are the same in any case`() throws {
        var message = AnswerBytes().answering(a("10.0.0.1", of: "HEADLESS.shop.SVC.cluster.local"))
        message.name = "headless.SHOP.svc.cluster.local"
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(5)))
    }

    @Test func `aliases are followed in whatever order they stand`() throws {
        let message = AnswerBytes().answering(
            a("10.0.0.1", of: "c.example"), cname("c.example", of: "b.example"), cname("b.example"))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(5)))
    }

    @Test func `an alias that leads back to itself is malformed`() throws {
        let message = AnswerBytes().answering(
            cname("b.example"), cname("headless.shop.svc.cluster.local", of: "b.example"))
        #expect(throws: DNSFault.malformed("more than 16 aliases")) { try answer(message) }
    }

    @Test func `seventeen aliases in a row are malformed and sixteen are not`() throws {
        var message = AnswerBytes().answering(cname("n1.example"))
        for index in 1..<16 { message = message.answering(cname("n\(index + 1).example", of: "n\(index).example")) }
        let sixteen = message.answering(a("10.0.0.1", of: "n16.example"))
        #expect(try answer(sixteen) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(5)))
        let seventeen = message.answering(cname("n17.example", of: "n16.example"), a("10.0.0.1", of: "n17.example"))
        #expect(throws: DNSFault.self) { try answer(seventeen) }
    }

    @Test func `an alias to nothing is an absence`() throws {
        #expect(try answer(AnswerBytes().answering(cname("b.example"))) == .noData)
    }

    @Test func `NXDOMAIN is told apart from NODATA`() throws {
        #expect(try answer(AnswerBytes().code(3)) == .noSuchName)
        #expect(try answer(AnswerBytes()) == .noData)
    }

    @Test(arguments: [(1, "FORMERR"), (2, "SERVFAIL"), (4, "NOTIMP"), (5, "REFUSED"), (9, "response code 9")])
    func `a failure of the nameserver is named`(code: UInt16, name: String) {
        #expect(throws: DNSFault.failed(name)) { try answer(AnswerBytes().code(code)) }
    }

    @Test func `the upper bits of the response code come from EDNS`() {
        let options = record(.opt, of: [0], ttl: 0x0100_0000, class: 1_232, [])
        #expect(throws: DNSFault.failed("BADVERS")) { try answer(AnswerBytes().adding(options)) }
    }

    @Test func `a referral is no absence`() {
        let elsewhere = record(.ns, wireName("ns.example"))
        #expect(throws: DNSFault.referral) { try answer(AnswerBytes().authorized(by: elsewhere)) }
    }

    @Test func `an absence with its SOA is no referral`() throws {
        let soa = record(.soa, wireName("ns.example") + wireName("root.example") + [UInt8](repeating: 0, count: 20))
        let ns = record(.ns, wireName("ns.example"))
        #expect(try answer(AnswerBytes().authorized(by: ns, soa)) == .noData)
    }

    @Test func `an answer to another question is malformed`() throws {
        let other = try AnswerBytes(name: "other.shop").question
        #expect(throws: DNSFault.malformed("answer to another question")) {
            try DNSMessage(AnswerBytes().bytes).answer(to: other)
        }
    }

    @Test func `a question is no answer`() {
        var message = AnswerBytes()
        message.flags = 0x0100
        #expect(throws: DNSFault.self) { try answer(message) }
    }

    @Test func `records of another class are skipped`() throws {
        let message = AnswerBytes().answering(record(.a, class: 3, [10, 0, 0, 9]), a("10.0.0.1"))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(5)))
    }

    @Test func `records of an unknown type are skipped`() throws {
        let message = AnswerBytes().answering(record(RecordType(rawValue: 46), [1, 2, 3]), a("10.0.0.1"))
        #expect(try answer(message) == .addresses(addresses("10.0.0.1"), timeToLive: .seconds(5)))
    }

    @Test(arguments: ["0.0.0.0", "::"]) func `an unspecified address is malformed`(address: String) {
        let isIPv4 = address == "0.0.0.0"
        let message = AnswerBytes(type: isIPv4 ? .a : .aaaa).answering(isIPv4 ? a(address) : aaaa(address))
        #expect(throws: DNSFault.malformed("\(address) as an address")) { try answer(message) }
    }

    @Test(arguments: [0, 3, 5, 16]) func `an A record of a wrong length is malformed`(length: Int) {
        let message = AnswerBytes().answering(record(.a, [UInt8](repeating: 1, count: length)))
        #expect(throws: DNSFault.malformed("A record of a wrong length")) { try answer(message) }
    }

    @Test func `targets of an SRV answer come with their ports and glue`() throws {
        let message = AnswerBytes(name: "_udp._udp.headless.shop", type: .srv)
            .answering(srv("pod-0.headless.shop", port: 12_000), srv("pod-1.headless.shop", port: 12_001))
            .adding(a("10.0.0.1", of: "pod-0.headless.shop", ttl: 3), a("10.0.0.9", of: "stranger.shop", ttl: 1))
        let first = try #require(DNSName("pod-0.headless.shop"))
        let second = try #require(DNSName("pod-1.headless.shop"))
        let services = DNSAnswer.Services(
            targets: [.init(name: first, port: 12_000), .init(name: second, port: 12_001)],
            glue: [first: try addresses("10.0.0.1")], timeToLive: .seconds(3))
        #expect(try answer(message) == .services(services))
    }

    @Test func `an SRV record with port 0 is malformed`() {
        let message = AnswerBytes(type: .srv).answering(srv("pod-0.shop", port: 0))
        #expect(throws: DNSFault.malformed("SRV record with port 0")) { try answer(message) }
    }

    @Test func `an SRV target of one dot is no target`() throws {
        let message = AnswerBytes(type: .srv).answering(record(.srv, [0, 0, 0, 0, 0, 53, 0]))
        #expect(try answer(message) == .services(.init(targets: [], glue: [:], timeToLive: .seconds(5))))
    }

    @Test func `a truncated answer that ends inside a record keeps those before it`() throws {
        let whole = AnswerBytes().truncated().answering(a("10.0.0.1"), a("10.0.0.2")).bytes
        let message = try DNSMessage(whole.dropLast(3))
        #expect(message.isTruncated)
        #expect(message.answers.count == 1)
    }
}
