// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Checked in debug builds, which all tests run: at run time it is one instruction in twenty-five.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The fuzz targets are tests, which a generator drives. `Tests/fuzz.sh` has libFuzzer drive the same ones, in a program
/// of its own: only there its runtime is linked.
let fuzzDependencies: [Target.Dependency] = ["QueryWorker", "WeChat", "HTTP", "EventLoop", "JSON"]
let fuzzTarget: Target =
    Context.environment["LIBFUZZER"] == nil
    ? .testTarget(
        name: "FuzzTests", dependencies: fuzzDependencies + ["TestSupport"], exclude: ["Corpus", "main.swift"],
        swiftSettings: settings)
    : .executableTarget(
        name: "fuzz", dependencies: fuzzDependencies, path: "Tests/FuzzTests", exclude: ["Corpus"],
        sources: ["Targets", "main.swift"], swiftSettings: settings)

let package = Package(
    name: "query-worker",
    products: [
        .executable(name: "query-worker", targets: ["query-worker"])
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        // In place of the C library's malloc, with which a job costs a sixth more CPU time.
        .target(name: "CJemalloc", linkerSettings: [.linkedLibrary("jemalloc")]),
        .target(name: "EventLoop", dependencies: ["CLinux"], swiftSettings: settings),
        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: settings),
        .target(name: "HTTP", dependencies: ["CCurl", "CMicroHTTPD", "CLinux", "EventLoop"], swiftSettings: settings),
        .target(name: "Kafka", dependencies: ["CRdKafka", "CLinux", "EventLoop"], swiftSettings: settings),
        .target(name: "WeChat", dependencies: ["HTTP", "EventLoop", "JSON", "CLinux"], swiftSettings: settings),
        .target(
            name: "QueryWorker", dependencies: ["Kafka", "WeChat", "HTTP", "EventLoop", "JSON", "CLinux", "COpenSSL"],
            resources: [.embedInCode("Admin/page.html")], swiftSettings: settings),
        .executableTarget(
            name: "query-worker",
            dependencies: ["QueryWorker", "Kafka", "WeChat", "HTTP", "EventLoop", "JSON", "CLinux", "CJemalloc"],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Kafka", "HTTP", "EventLoop", "JSON"], path: "Tests/TestSupport",
            swiftSettings: settings),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .executableTarget(
            name: "allocation-probe",
            dependencies: ["QueryWorker", "Kafka", "WeChat", "HTTP", "EventLoop", "CAllocations"],
            path: "Tests/AllocationProbe", swiftSettings: settings),
        .testTarget(name: "EventLoopTests", dependencies: ["EventLoop", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "EventLoop", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "KafkaTests", dependencies: ["Kafka", "EventLoop", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "WeChatTests", dependencies: ["WeChat", "HTTP", "EventLoop", "JSON", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "QueryWorkerTests",
            dependencies: ["QueryWorker", "Kafka", "WeChat", "HTTP", "EventLoop", "JSON", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "QueryWorker", "Kafka", "WeChat", "HTTP", "EventLoop", "JSON", "TestSupport", "query-worker",
            ],
            swiftSettings: settings),
        fuzzTarget,
    ],
    cxxLanguageStandard: .cxx17
)
