// swift-tools-version: 6.0

import PackageDescription

/// With this variable the package is a program for libFuzzer and what it tries, instrumented: see Tests/fuzz.sh.
let isFuzzing = Context.environment["PAMKMEANS_FUZZ"] != nil
let fuzzedSwift: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []
let fuzzedC: [CSetting] = isFuzzing ? [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])] : []

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
  // Without optimisation the loops of these two take some five hundred times as long, and the tests are made of them.
  .target(
    name: "CKernels",
    cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))] + fuzzedC
  ),
  .target(
    name: "Quantization",
    dependencies: ["CKernels"],
    swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))] + fuzzedSwift
  ),
  .target(name: "PamStream", dependencies: ["CPamStream", "Quantization"], swiftSettings: fuzzedSwift),
]

let program: [Target] = [
  .executableTarget(name: "pamkmeans", dependencies: ["PamStream", "Quantization", argumentParser]),
  .testTarget(name: "QuantizationTests", dependencies: ["CKernels", "Quantization"]),
  .testTarget(name: "PamStreamTests", dependencies: ["PamStream", "Quantization"]),
  .testTarget(
    name: "PipelineTests",
    dependencies: ["pamkmeans", "PamStream", "Quantization"],
    exclude: ["bad-input.txt", "faults.c", "faults.sh"]
  ),
  .testTarget(
    name: "FuzzTests",
    dependencies: ["pamkmeans", "PamStream", "Quantization"],
    path: "Tests/Fuzz",
    exclude: ["corpus", "main.swift"]
  ),
]

let fuzzer: [Target] = [
  // A library here, since a program cannot be part of another.
  .target(
    name: "pamkmeans",
    dependencies: ["PamStream", "Quantization", argumentParser],
    exclude: ["main.swift"],
    swiftSettings: fuzzedSwift
  ),
  .executableTarget(
    name: "Fuzz",
    dependencies: ["pamkmeans", "PamStream", "Quantization"],
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
