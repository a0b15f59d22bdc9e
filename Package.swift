// swift-tools-version: 6.0

import PackageDescription

let package = Package(
  name: "pamkmeans",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "pamkmeans", targets: ["pamkmeans"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(
      name: "CNetpbm",
      pkgConfig: "netpbm",
      providers: [.apt(["libnetpbm-dev"]), .brew(["netpbm"])]
    ),
    .target(
      name: "CPamStream",
      dependencies: ["CNetpbm"],
      linkerSettings: [.linkedLibrary("netpbm")]
    ),
    // Without optimisation the loops of these two take some five hundred times as long, and the tests are made of them.
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]
    ),
    .target(
      name: "Quantization",
      dependencies: ["CKernels"],
      swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    .target(name: "PamStream", dependencies: ["CPamStream", "Quantization"]),
    .executableTarget(
      name: "pamkmeans",
      dependencies: [
        "PamStream",
        "Quantization",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .testTarget(name: "QuantizationTests", dependencies: ["CKernels", "Quantization"]),
    .testTarget(name: "PamStreamTests", dependencies: ["PamStream", "Quantization"]),
    .testTarget(
      name: "PipelineTests",
      dependencies: ["pamkmeans", "PamStream", "Quantization"],
      exclude: ["bad-input.txt", "faults.c", "faults.sh"]
    ),
  ]
)
