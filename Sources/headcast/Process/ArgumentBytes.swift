import Glibc
import Service

/// The arguments of the process as they came: a string would have other bytes where they are not UTF-8.
enum ArgumentBytes {
    /// Those of this process, which begin with the program's name.
    static var all: [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { argument in
                UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
            }
        }
    }

    /// What is wrong with the first of `arguments` that is not UTF-8; nil if all are.
    static func fault(in arguments: [[UInt8]]) -> String? {
        guard let index = arguments.indices.first(where: { String(validating: arguments[$0], as: UTF8.self) == nil })
        else { return nil }
        let place = place(of: index, in: arguments)
        let isPayload = place.isEmpty && arguments.dropFirst().first == Array("publish".utf8)
        let hint = isPayload ? "; standard input takes a payload of any bytes" : ""
        return "argument \(index)\(place) is not UTF-8\(hint)"
    }

    /// `, after --header,` where the argument is the value of a flag, or may be.
    private static func place(of index: Int, in arguments: [[UInt8]]) -> String {
        let argument = arguments[index]
        if let equals = argument.firstIndex(of: UInt8(ascii: "=")), let flag = flag(Array(argument[..<equals])) {
            return ", after \(flag),"
        }
        guard index > 0, let flag = flag(arguments[index - 1]) else { return "" }
        return ", after \(flag),"
    }

    /// The name of a flag as it may be shown; nil where `argument` is none.
    private static func flag(_ argument: [UInt8]) -> String? {
        guard let name = String(validating: argument, as: UTF8.self), name.hasPrefix("--") else { return nil }
        return name.visible
    }
}
