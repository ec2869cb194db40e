import Foundation
import Testing

@testable import Wire

/// What other implementations read in the vectors is read here.
struct VectorTests {
    @Test func `every datagram has what its vector says, or its fault`() throws {
        let vectors = try Vectors.read().datagrams
        #expect(vectors.count > 100)
        for vector in vectors {
            let name = Comment(rawValue: vector.name)
            let bytes = vector.hex.bytes
            do throws(EnvelopeFault) {
                let envelope = try Envelope(bytes.span.bytes)
                #expect(vector.fault == nil, name)
                #expect("\(envelope.header.kind)" == vector.kind, name)
                #expect(String(decoding: bytes[envelope.topic], as: UTF8.self) == vector.topic, name)
                #expect(envelope.header.source == vector.source, name)
                #expect(envelope.header.epoch == vector.epoch, name)
                #expect(envelope.header.number == vector.number, name)
                #expect(envelope.header.copyMilliseconds == vector.copyMilliseconds, name)
                #expect(envelope.heartbeat(in: bytes.span.bytes).map(Vectors.Beat.init) == vector.heartbeat, name)
                guard envelope.header.kind == .messages else { continue }
                #expect(records(of: envelope, in: bytes) == vector.records, name)
            } catch {
                #expect(error.name == vector.fault, "\(vector.name): \(error)")
            }
        }
    }

    @Test func `attributes are those that their vector lists, or malformed`() throws {
        let vectors = try Vectors.read().attributes
        #expect(vectors.count > 10)
        for vector in vectors {
            let attributes = Attributes(vector.hex.bytes)
            #expect(attributes?.items.map { [$0.name, $0.value] } == vector.attributes, Comment(rawValue: vector.name))
        }
    }

    private func records(of envelope: Envelope, in bytes: [UInt8]) -> [Vectors.Record] {
        var records: [Vectors.Record] = []
        envelope.forEachRecord(in: bytes.span.bytes) { record in
            switch record {
            case .start(let head, let part):
                let start = Vectors.Start(
                    sequence: head.sequence, id: head.uuid, publishedAt: head.publishedAt, ttl: head.ttlMilliseconds,
                    bodyBytes: head.bodyBytes, attributeBytes: head.attributeBytes,
                    part: Vectors.Hexadecimal(bytes[part]))
                records.append(Vectors.Record(start: start))
            case .continuation(let sequence, let offset, let part):
                let continuation = Vectors.Continuation(
                    sequence: sequence, offset: offset, part: Vectors.Hexadecimal(bytes[part]))
                records.append(Vectors.Record(continuation: continuation))
            }
        }
        return records
    }
}

extension Vectors.Beat {
    fileprivate init(_ heartbeat: Heartbeat) { self.init(first: heartbeat.first, next: heartbeat.next) }
}

extension MessageHead {
    fileprivate var uuid: UUID {
        var bytes = id.bigEndian
        return withUnsafeBytes(of: &bytes) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension EnvelopeFault {
    /// As the vectors call it.
    fileprivate var name: String {
        switch self {
        case .notEnveloped: "notEnveloped"
        case .unknownVersion: "unknownVersion"
        case .unknownKind: "unknownKind"
        case .notUnderstood: "notUnderstood"
        case .malformed: "malformed"
        }
    }
}
