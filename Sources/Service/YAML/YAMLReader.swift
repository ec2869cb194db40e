import CYAML

/// Reads one YAML document (YAML 1.1, by libyaml) into nodes that remember their lines.
///
/// Aliases are refused, since a few lines of them expand without bound; so are several documents in one file. Of keys
/// that come twice the first counts, and the others are told. Bytes beyond ``maximumBytes`` and nesting beyond
/// ``maximumDepth`` are refused too.
package struct YAMLReader: ~Copyable {
    package static let maximumBytes = 1 << 20
    package static let maximumDepth = 16
    /// The most repeated keys that are told.
    package static let maximumRepeated = 100

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var repeated: [YAMLError] = []

    /// Reads `bytes`, which are UTF-8. An empty document is a mapping without members.
    package static func read(_ bytes: [UInt8]) throws(YAMLError) -> (root: YAMLNode, repeated: [YAMLError]) {
        guard bytes.count <= maximumBytes else {
            throw YAMLError(line: 0, problem: "\(bytes.count) bytes exceed the limit of \(maximumBytes)")
        }
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(YAMLError) in
                var reader = try YAMLReader(buffer)
                let root = try reader.document()
                return (root, reader.repeated)
            }
        }
        return try result.get()
    }

    /// `bytes` must outlive the reader: libyaml keeps the address.
    private init(_ bytes: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(line: 0, problem: "out of memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    private enum Event {
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case streamEnd
        /// Beginnings and ends that carry nothing.
        case frame
    }

    private mutating func document() throws(YAMLError) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let (event, line) = try next()
            switch event {
            case .frame:
                continue
            case .streamEnd:
                guard let root, root.content != .null else { return YAMLNode(line: 1, .mapping([])) }
                return root
            default:
                guard root == nil else { throw YAMLError(line: line, problem: "a second document") }
                root = try node(from: event, line: line, depth: 1)
            }
        }
    }

    private mutating func node(from event: Event, line: Int, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= Self.maximumDepth else {
            throw YAMLError(line: line, problem: "nested deeper than \(Self.maximumDepth) levels")
        }
        switch event {
        case .scalar("", isPlain: true), .scalar("~", isPlain: true), .scalar("null", isPlain: true):
            return YAMLNode(line: line, .null)
        case .scalar(let text, _):
            return YAMLNode(line: line, .scalar(text))
        case .sequenceStart:
            return YAMLNode(line: line, .sequence(try elements(depth: depth)))
        case .mappingStart:
            return YAMLNode(line: line, .mapping(try members(depth: depth)))
        case .sequenceEnd, .mappingEnd, .streamEnd, .frame:
            // libyaml's grammar has no node that begins with an end.
            throw YAMLError(line: line, problem: "a value is missing")
        }
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let (event, line) = try next()
            if case .sequenceEnd = event { return elements }
            elements.append(try node(from: event, line: line, depth: depth + 1))
        }
    }

    private mutating func members(depth: Int) throws(YAMLError) -> [YAMLNode.Member] {
        var members: [YAMLNode.Member] = []
        var lines: [String: Int] = [:]
        while true {
            let (event, line) = try next()
            if case .mappingEnd = event { return members }
            guard case .scalar(let key, _) = event else {
                throw YAMLError(line: line, problem: "a key must be a single word")
            }
            let (valueEvent, valueLine) = try next()
            let value = try node(from: valueEvent, line: valueLine, depth: depth + 1)
            if let first = lines[key] {
                if repeated.count < Self.maximumRepeated {
                    let problem = "\(key.quoted) is given twice, first in line \(first)"
                    repeated.append(YAMLError(line: line, problem: problem))
                }
                continue
            }
            lines[key] = line
            members.append(YAMLNode.Member(line: line, key: key, value: value))
        }
    }

    private func next() throws(YAMLError) -> (event: Event, line: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let line = event.start_mark.line + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return (.scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), line)
        case YAML_SEQUENCE_START_EVENT: return (.sequenceStart, line)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, line)
        case YAML_MAPPING_START_EVENT: return (.mappingStart, line)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, line)
        case YAML_STREAM_END_EVENT: return (.streamEnd, line)
        case YAML_ALIAS_EVENT: throw YAMLError(line: line, problem: "aliases (*name) are not supported")
        default: return (.frame, line)
        }
    }

    /// What libyaml has to say about the event that it could not read.
    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        if parser.pointee.error == YAML_READER_ERROR {
            return YAMLError(line: 0, problem: "not valid UTF-8 text: \(problem)")
        }
        return YAMLError(line: parser.pointee.problem_mark.line + 1, problem: "not valid YAML: \(problem)")
    }
}
