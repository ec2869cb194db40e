import Testing

@testable import Headcast

struct CloudEventTests {
    private func reading(_ formats: Set<Message.Format> = Set(Message.Format.allCases)) -> Reading {
        Reading { $0.formats = formats }
    }

    private func decoded(_ json: String) -> Message? { reading().messages(of: [Array(json.utf8)]).first }

    private let whole = """
        {"specversion":"1.0","id":"01a206a6-cacb-7fe6-aa46-003b0b0bfdb7","source":"/topics/orders","type":"t",
         "time":"1970-01-01T01:00:09.9995+01:00","sequence":"00000000000000000042","headcastepoch":"1795400000000",
         "n":5,"region":"eu","data":"h\\u00e9\\n","datacontenttype":"text/plain"}
        """

    @Test func `an event is a message with all that it says`() throws {
        let message = try #require(decoded(whole))
        #expect(message.format == .cloudEvents)
        #expect(message.id == Message.ID("01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"))
        #expect(message.topic == "orders" && message.sequence == 42 && message.epoch == 1_795_400_000_000)
        #expect(message.publishedAt == .init(milliseconds: 9_999))
        #expect(
            message.attributes.map { "\($0.name)=\($0.value)" } == [
                "ce-specversion=1.0", "ce-id=01a206a6-cacb-7fe6-aa46-003b0b0bfdb7", "ce-source=/topics/orders",
                "ce-type=t", "ce-n=5", "ce-region=eu", "content-type=text/plain",
            ])
        #expect(message.payload.elementsEqual("hé\n".utf8))
    }

    @Test(
        arguments: [
            (#""headcastepoch":"5","headcasttopic":"orders""#, "orders"), (#""headcastepoch":"5""#, "mine"),
            (#""x":"y""#, ""),
        ])
    func `the topic is what a gateway says, never what a publisher called its source`(members: String, topic: String) {
        let event = #"{"specversion":"1.0","id":"1","source":"/topics/mine","type":"t","# + members + "}"
        #expect(decoded(event)?.topic == topic)
    }

    @Test func `what a gateway says of an event is none of its attributes`() throws {
        let message = try #require(
            decoded(
                #"""
                {"specversion":"1.0","id":"1","source":"/shop","type":"t","sequence":"00000000000000000042",
                 "headcastepoch":"5","headcasttopic":"orders","headcastid":"01a206a6-cacb-7fe6-aa46-003b0b0bfdb7",
                 "headcastlater":"x"}
                """#))
        #expect(message.attributes.map(\.name) == ["ce-specversion", "ce-id", "ce-source", "ce-type"])
        #expect(message.sequence == 42 && message.epoch == 5 && message.topic == "orders")
        #expect(message.id == Message.ID("01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"))
    }

    @Test func `sequence and time of an event that no gateway numbered are its own attributes`() {
        let event = #"{"specversion":"1.0","id":"1","source":"s","type":"t","sequence":"3","time":"now"}"#
        #expect(decoded(event)?.attributes["ce-sequence"] == "3")
        #expect(decoded(event)?.attributes["ce-time"] == "now")
    }

    @Test func `a message was published when the gateway says, whatever time the event has`() throws {
        let event = """
            {"specversion":"1.0","id":"1","source":"s","type":"t","time":"1970-01-01T00:00:01Z","headcastepoch":"5",
             "headcasttime":"1970-01-01T00:00:02Z"}
            """
        let message = try #require(decoded(event))
        #expect(message.publishedAt == .init(milliseconds: 2_000))
        #expect(message.attributes["ce-time"] == "1970-01-01T00:00:01Z")
    }

    @Test func `every event of the vectors is the message that they tell, or none`() throws {
        let vectors = try StreamVectors.read().events
        #expect(vectors.count > 10)
        for vector in vectors {
            let message = reading([.cloudEvents]).messages(of: [Array(vector.text.utf8)]).first
            #expect(message.map(StreamVectors.CloudEvent.Told.init) == vector.message, "\(vector.name)")
        }
    }

    @Test(
        arguments: [
            (#""data":{"a": 1}"#, #"{"a": 1}"#), (#""data":"x","datacontenttype":"application/json""#, #""x""#),
            (#""datacontenttype":"a/b+json; c=d","data":"x""#, #""x""#), (#""data":"x""#, "x"), (#""data":7"#, "7"),
            (#""data_base64":"aGk=""#, "hi"), (#""data_base64":"""#, ""), (#""x":true"#, ""), (#""data":null"#, "null"),
        ])
    func `data is JSON, text or base64`(members: String, payload: String) throws {
        let event = #"{"specversion":"1.0","id":"1","source":"s","type":"t","# + members + "}"
        let message = try #require(decoded(event))
        #expect(String(decoding: message.payload, as: UTF8.self) == payload)
        #expect(message.id == .none && message.attributes["ce-id"] == "1")
    }

    @Test(
        arguments: [
            "hello", "{}", "[1]", #"{"specversion":"1.0","id":"1","source":"s"}"#,
            #"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t"} x"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":""}"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"}"#,
            #"{"specversion":"1.0","id":"","source":"s","type":"t"}"#,
            #"{"specversion":"1.0","id":1,"source":"s","type":"t"}"#,
            #"{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"}"#,
            #"{"specversion":"1.0","specversion":"1.0","id":"1","source":"s","type":"t"}"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","sequence":"1","sequence":"2"}"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","headcastid":"1","headcastid":"2"}"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","x":{}}"#,
        ])
    func `what is no event is raw, and foreign where raw is not taken`(text: String) {
        #expect(decoded(text)?.format == .raw)
        let events = reading([.cloudEvents])
        #expect(events.read(Array(text.utf8)).isEmpty)
        #expect(events.counters.foreign == 1)
    }

    @Test func `an event is handed over once, by its source and id`() {
        let reading = Reading {
            $0.formats = [.cloudEvents]
            $0.reportsDuplicates = true
        }
        let event = { (source: String, id: String) in
            Array(#"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"t","sequence":"3"}"#.utf8)
        }
        #expect(
            reading.read(event("a", "1"), event("a", "1"), event("b", "1"), event("a", "2")) == [
                "3", "repeat of 1 of a", "3", "3",
            ])
        #expect(reading.counters.duplicateMessages == 1)
    }

    @Test func `an event expires`() {
        let reading = reading()
        let event = { (id: Int, time: String) in
            Array(#"{"specversion":"1.0","id":"\#(id)","source":"s","type":"t","expirytime":"\#(time)"}"#.utf8)
        }
        #expect(reading.read(event(1, "1970-01-01T00:00:09.9Z"), event(2, "1970-01-01T00:00:10Z")) == ["0"])
        #expect(reading.counters.expiredMessages == 1)
    }
}
