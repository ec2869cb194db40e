// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled with warnings as errors; dependencies are not.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Servers, where what changes belongs to one thread or one Mutex, are released without dynamic checks of exclusive
/// access, a tenth of what a request costs: tests and fuzzers have them, and a violation that those did not meet is
/// undefined behaviour instead of a trap. Not for what the library Headcast needs: nobody else may depend on targets
/// that have flags.
let serving =
    Context.environment["HEADCAST_FUZZ"] == nil
    ? strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))] : strict

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func server(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: serving)
}

func test(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func system(_ name: String, _ pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: ["Fuzzing"] + dependencies, path: "Tests/Fuzzing/\(name)",
        swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

// Levels from the ground up: a target may depend on targets of lower levels only.
let package = Package(
    name: "headcast",
    products: [
        .executable(name: "headcast", targets: ["headcast"]),
        .executable(name: "headcast-benchmark", targets: ["headcast-benchmark"]),
        .library(name: "Headcast", targets: ["Headcast"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // 0: C, one fence per library
        system("CMicroHTTPD", "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("CAres", "libcares", apt: "libc-ares-dev"),
        system("CYAML", "yaml-0.1", apt: "libyaml-dev"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
        system("CCrypto", "libcrypto", apt: "libssl-dev"),
        system("CPostgreSQL", "libpq", apt: "libpq-dev"),
        system("CSQLite", "sqlite3", apt: "libsqlite3-dev"),
        .target(name: "CLinux"),
        // 1: values
        target("Clocks", ["CLinux"]),
        target("Endpoints"),
        target("ErrorNumbers", ["CLinux"]),
        target("JSON"),
        target("Threads"),
        .target(name: "Wire", exclude: ["wire-format.md"], swiftSettings: strict),
        // 2: world
        server("MicroHTTP", ["CMicroHTTPD", "Clocks", "Endpoints", "ErrorNumbers"]),
        server("EventLoop", ["CLinux", "Clocks", "ErrorNumbers"]),
        target("Datagrams", ["CLinux", "Endpoints", "ErrorNumbers"]),
        server("Resolving", ["CAres", "Clocks", "Endpoints", "ErrorNumbers", "Threads"]),
        target("Requesting", ["CCurl", "Clocks", "ErrorNumbers", "JSON"]),
        target("Digests", ["CCrypto"]),
        // 3: domain
        server("FanOut", ["Wire", "Clocks", "Endpoints", "ErrorNumbers", "JSON", "Datagrams"]),
        target(
            "Headcast",
            [
                "CLinux", "Clocks", "Endpoints", "ErrorNumbers", "JSON", "Threads", "Wire", "Datagrams", "Requesting",
            ]),
        target("Records", ["Clocks", "Digests"]),
        // 4: shared by servers
        server("Service", ["CYAML", "Clocks", "Endpoints", "ErrorNumbers", "JSON", "MicroHTTP", logging]),
        server("SQLiteRecords", ["CSQLite", "Clocks", "ErrorNumbers", "Records"]),
        server("PostgreSQLRecords", ["CPostgreSQL", "Clocks", "ErrorNumbers", "Records"]),
        // 5: service
        .target(
            name: "Gateway",
            dependencies: [
                "Clocks", "Endpoints", "Wire", "MicroHTTP", "EventLoop", "Datagrams", "Resolving", "Digests", "FanOut",
                "JSON", "Service", logging,
            ],
            resources: [.embedInCode("openapi.yaml")],
            swiftSettings: serving
        ),
        .target(
            name: "Recording",
            dependencies: [
                "Clocks", "Endpoints", "ErrorNumbers", "EventLoop", "JSON", "MicroHTTP", "Records", "Service",
                "Threads",
                logging,
            ],
            resources: [.embedInCode("openapi.yaml")],
            swiftSettings: serving
        ),
        // 6: program
        .executableTarget(
            name: "headcast",
            dependencies: [
                "Clocks", "Endpoints", "ErrorNumbers", "MicroHTTP", "Datagrams", "Requesting", "Resolving", "FanOut",
                "CLinux", "Headcast", "JSON", "Service", "Gateway", "Recording", "Records", "SQLiteRecords",
                "PostgreSQLRecords", "Wire", argumentParser, logging,
            ],
            swiftSettings: strict
        ),
        // Plain C to measure against, used by nothing else
        .target(name: "CBaseline", dependencies: ["CMicroHTTPD", "CPostgreSQL", "CSQLite"]),
        .executableTarget(
            name: "headcast-benchmark",
            dependencies: [
                "CBaseline", "CLinux", "Clocks", "Datagrams", "Endpoints", "ErrorNumbers", "EventLoop", "FanOut",
                "Headcast", "JSON", "Records", "Requesting", argumentParser,
            ],
            swiftSettings: strict
        ),
        // What tests share
        .target(
            name: "HTTPForTests", dependencies: ["Endpoints"], path: "Tests/HTTPForTests", swiftSettings: strict),
        test("ClocksTests", ["Clocks"]),
        test("EndpointsTests", ["Endpoints"]),
        test("ErrorNumbersTests", ["ErrorNumbers"]),
        test("JSONTests", ["JSON", "Clocks", "Endpoints", "Service"]),
        .testTarget(
            name: "WireTests", dependencies: ["Wire"], exclude: ["Vectors", "vectors.json"], swiftSettings: strict),
        test("MicroHTTPTests", ["MicroHTTP", "Clocks", "Endpoints"]),
        test("EventLoopTests", ["EventLoop", "Clocks"]),
        test("DatagramsTests", ["Datagrams", "Endpoints"]),
        test("ResolvingTests", ["Resolving", "Endpoints", "Threads"]),
        test("RequestingTests", ["Requesting", "Endpoints", "HTTPForTests"]),
        test("DigestsTests", ["Digests"]),
        test("RecordsTests", ["Records"]),
        test("StoreTests", ["Clocks", "PostgreSQLRecords", "Records", "SQLiteRecords"]),
        test("FanOutTests", ["FanOut", "Wire", "Clocks", "Endpoints", "Datagrams"]),
        test(
            "HeadcastTests", ["Headcast", "Clocks", "Endpoints", "HTTPForTests", "Requesting", "Wire", "Datagrams"]),
        test("ServiceTests", ["Service", "Clocks", "Endpoints", "JSON", "MicroHTTP", logging]),
        test(
            "GatewayTests",
            [
                "Gateway", "Service", "Clocks", "Digests", "Endpoints", "FanOut", "HTTPForTests", "JSON", "MicroHTTP",
                "Wire", logging,
            ]),
        test(
            "RecordingTests",
            [
                "Recording", "Clocks", "Endpoints", "EventLoop", "HTTPForTests", "JSON", "MicroHTTP", "Records",
                "Service", logging,
            ]),
        test(
            "headcastTests",
            [
                "headcast", "Clocks", "Endpoints", "Datagrams", "FanOut", "Gateway", "Headcast", "JSON", "Recording",
                "Records", "Requesting", "Resolving", "Service", argumentParser,
            ]),
        test(
            "headcast-benchmarkTests",
            [
                "headcast-benchmark", "CBaseline", "Clocks", "Endpoints", "FanOut", "MicroHTTP", "Records",
                argumentParser,
            ]),
        .testTarget(name: "EndToEndTests", dependencies: ["Digests"], exclude: ["Parts"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// For Tests/Fuzzing/run: libraries and fuzzers only, since libFuzzer brings the `main` of everything that is linked.
if Context.environment["HEADCAST_FUZZ"] != nil {
    package.products = []
    package.targets.removeAll { $0.type == .executable || $0.type == .test }
    package.targets += [
        .target(name: "Fuzzing", path: "Tests/Fuzzing/Support", swiftSettings: strict),
        fuzzer("Envelope", ["Wire"]),
        fuzzer("Attributes", ["Wire"]),
        fuzzer("Batch", ["Gateway", "JSON", "Service", "Wire"]),
        fuzzer("Responses", ["JSON", "Recording", "Records", "Service"]),
        fuzzer("Headers", ["Gateway", "Wire"]),
        fuzzer("Event", ["Gateway", "FanOut", "Headcast", "Clocks", "Endpoints", "Wire"]),
        fuzzer("JSON", ["JSON"]),
        fuzzer("Subscriber", ["Headcast", "Clocks", "Endpoints", "Wire"]),
        fuzzer("DNS", ["Resolving", "Endpoints"]),
        fuzzer("Writer", ["FanOut", "Headcast", "Clocks", "Datagrams", "Endpoints", "Wire"]),
    ]
}
