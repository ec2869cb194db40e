import Testing

@testable import Headcast
@testable import headcast

struct EventTextTests {
    private static let stream = Message.Stream(topic: "orders", source: .max, epoch: 5)

    private static let told: [(Subscription.Event, json: String, text: String)] = [
        (
            .gap(.init(stream: stream, numbers: 2...4)),
            #"{"event":"gap","topic":"orders","source":4294967295,"epoch":5,"first":2,"last":4}"#,
            "datagrams 2 to 4 are lost: orders, epoch 5 of source 4294967295"
        ),
        (
            .gap(.init(stream: stream, numbers: 2...2)),
            #"{"event":"gap","topic":"orders","source":4294967295,"epoch":5,"first":2,"last":2}"#,
            "datagram 2 is lost: orders, epoch 5 of source 4294967295"
        ),
        (
            .gap(.init(stream: stream, numbers: 1...UInt64.max)),
            #"{"event":"gap","topic":"orders","source":4294967295,"epoch":5,"first":1,"last":18446744073709551615}"#,
            "datagrams 1 to 18446744073709551615 are lost: orders, epoch 5 of source 4294967295"
        ),
        (
            .incomplete(.init(stream: stream, sequence: 9, id: .none, reason: .lost)),
            #"{"event":"incomplete","topic":"orders","source":4294967295,"epoch":5,"sequence":9,"id":null,"reason":"lost"}"#,
            "message 9 is incomplete (lost): orders, epoch 5 of source 4294967295"
        ),
        (
            .epochChange(.init(stream: stream, previous: .init(topic: "orders", source: 6, epoch: 4))),
            #"{"event":"epoch","topic":"orders","source":4294967295,"epoch":5,"previousSource":6,"previousEpoch":4}"#,
            "a further stream, of another gateway or of one that began anew: orders, epoch 5 of source 4294967295; "
                + "heard last: orders, epoch 4 of source 6"
        ),
        (
            .duplicate(.init(stream: stream, subject: .datagram(number: 8))),
            #"{"event":"duplicate","topic":"orders","source":4294967295,"epoch":5,"number":8}"#,
            "datagram 8 came again: orders, epoch 5 of source 4294967295"
        ),
        (
            .duplicate(.init(stream: stream, subject: .event(id: "7", source: "/a\n"))),
            #"{"event":"duplicate","topic":"orders","source":4294967295,"epoch":5,"eventId":"7","eventSource":"/a\n"}"#,
            #"event "7" of "/a\n" came again: topic orders"#
        ),
        (
            .overflow(.init(messages: 3, bytes: 9, events: 1)),
            #"{"event":"overflow","messages":3,"bytes":9,"events":1}"#,
            "too slow: 3 messages of 9 bytes and 1 events dropped"
        ),
        (.kernelDrops(2), #"{"event":"kernelDrops","datagrams":2}"#, "2 datagrams dropped by the kernel"),
    ]

    @Test(arguments: told.indices)
    func `an event is a line of JSON and a sentence`(index: Int) throws {
        let (event, json, text) = Self.told[index]
        #expect(EventText.jsonLine(for: event).map { String(decoding: $0, as: UTF8.self) } == json + "\n")
        #expect(EventText.text(for: event) == text)
    }

    @Test func `a message is told of elsewhere`() {
        #expect(EventText.jsonLine(for: .message(.raw([]))) == nil)
        #expect(EventText.text(for: .message(.raw([]))) == nil)
    }

    @Test func `what is shown is what was asked for`() {
        let gap = Self.told[0].0
        let duplicate = Self.told[5].0
        #expect(!EventText().shows(gap) && !EventText().shows(duplicate))
        #expect(EventText(showsGaps: true).shows(gap) && !EventText(showsGaps: true).shows(duplicate))
        #expect(EventText(showsDuplicates: true).shows(duplicate))
        #expect(!EventText(showsGaps: true, showsDuplicates: true).shows(.message(.raw([]))))
    }
}
