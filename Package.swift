// swift-tools-version: 6.0

import PackageDescription

/// With this variable the package is a program for libFuzzer and what it tries, instrumented: see Tests/fuzz.sh.
let isFuzzing = Context.environment["PAMKMEANS_FUZZ"] != nil
let fuzzedSwift: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []
let fuzzedC: [CSetting] = isFuzzing ? [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])] : []

/// What the engine and the tests are compiled with. Without optimization their loops take hundreds of times as long, and
/// the tests run them. The optimizer has to see whole modules and function bodies of others, or generic code is not
/// specialized. The command has the same settings: Swift 6.0 crashes where unoptimized code meets what it specialized
/// elsewhere. SwiftPM gives a debug build one object file per source, hence the number of threads, which asks for that.
let optimized: [SwiftSetting] = [
  .unsafeFlags(
    ["-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"],
    .when(configuration: .debug)),
  .unsafeFlags(["-cross-module-optimization"]),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let libraries: [Target] = [
  // Nothing but what pkg-config says of libnetpbm: its headers are included by CPamStream alone.
  .systemLibrary(
    name: "CNetpbm",
    pkgConfig: "netpbm",
    providers: [.apt(["libnetpbm-dev"]), .brew(["netpbm"])]
  ),
  .target(
    name: "CPamStream",
    dependencies: ["CNetpbm"],
    cSettings: fuzzedC,
    linkerSettings: [.linkedLibrary("netpbm")]
  ),
  .target(
    name: "CKernels",
    cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))] + fuzzedC
  ),
  .target(name: "Memory", swiftSettings: optimized + fuzzedSwift),
  .target(name: "Workers", swiftSettings: optimized + fuzzedSwift),
  .target(
    name: "Clustering",
    dependencies: ["CKernels", "Memory", "Workers"],
    swiftSettings: optimized + fuzzedSwift
  ),
  .target(
    name: "Quantization",
    dependencies: ["CKernels", "Clustering", "Memory", "Workers"],
    swiftSettings: optimized + fuzzedSwift
  ),
  .target(
    name: "PamStream",
    dependencies: ["CPamStream", "Memory", "Quantization"],
    swiftSettings: optimized + fuzzedSwift
  ),
]

let program: [Target] = [
  .executableTarget(
    name: "pamkmeans",
    dependencies: ["Clustering", "Memory", "PamStream", "Quantization", argumentParser],
    swiftSettings: optimized
  ),
  .testTarget(
    name: "QuantizationTests",
    dependencies: ["CKernels", "Clustering", "Memory", "Quantization", "Workers"],
    swiftSettings: optimized
  ),
  .testTarget(
    name: "PamStreamTests",
    dependencies: ["Memory", "PamStream", "Quantization"],
    swiftSettings: optimized
  ),
  .testTarget(
    name: "PipelineTests",
    dependencies: ["Clustering", "Memory", "pamkmeans", "PamStream", "Quantization"],
    exclude: ["bad-input.txt", "faults.c", "faults.sh", "palettes"],
    swiftSettings: optimized
  ),
  .testTarget(
    name: "FuzzTests",
    dependencies: ["Clustering", "Memory", "pamkmeans", "PamStream", "Quantization"],
    path: "Tests/Fuzz",
    exclude: ["corpus", "main.swift"],
    swiftSettings: optimized
  ),
]

let fuzzer: [Target] = [
  // A library here, since a program cannot be part of another.
  .target(
    name: "pamkmeans",
    dependencies: ["Clustering", "Memory", "PamStream", "Quantization", argumentParser],
    exclude: ["main.swift"],
    swiftSettings: fuzzedSwift
  ),
  .executableTarget(
    name: "Fuzz",
    dependencies: ["Clustering", "Memory", "pamkmeans", "PamStream", "Quantization"],
    path: "Tests/Fuzz",
    exclude: ["corpus", "CorpusTests.swift"],
    swiftSettings: [.unsafeFlags(["-sanitize=address"])],
    linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
  ),
]

let package = Package(
  name: "pamkmeans",
  platforms: [.macOS(.v15)],
  products: isFuzzing ? [] : [.executable(name: "pamkmeans", targets: ["pamkmeans"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: libraries + (isFuzzing ? fuzzer : program)
)
