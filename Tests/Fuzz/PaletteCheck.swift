import PamStream
import Quantization

/// Reads a palette file: its colors stay the same when they are written in the formats of several programs.
struct PaletteCheck {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func check() throws {
    let list = try? PaletteReader.colors(bytes)
    if let list {
      let count = list.tuples.count
      try FuzzTarget.require(count > 0 && count % list.layout.bytesPerTuple == 0, "\(count) bytes")
      try checkRespelled(list)
    }
    let file = try ScratchFile(bytes)
    let palette: PaletteFile
    do {
      palette = try PaletteFile(path: file.path)
    } catch let failure as FuzzTarget.Failure {
      throw failure
    } catch {
      let message = "\(error)"
      try FuzzTarget.require(!message.isEmpty && message.harmless == message, "the message '\(message)'")
      return
    }
    try check(palette, list)
  }

  /// The colors are distinct, in order, and those of the list.
  private func check(_ file: PaletteFile, _ list: ColorList?) throws {
    let palette = file.palette
    let colors = (0..<palette.count).map { entry in
      (0..<palette.layout.depth).map { palette.sample(plane: $0, of: entry) }
    }
    for (first, second) in zip(colors, colors.dropFirst()) {
      try FuzzTarget.require(first.lexicographicallyPrecedes(second), "\(first) before \(second)")
    }
    guard bytes.first != UInt8(ascii: "P"), let list else { return }
    try FuzzTarget.require(list.layout == palette.layout, "another layout")
    try FuzzTarget.require(Set(Self.samples(list)) == Set(colors), "\(colors) instead of those of the list")
  }

  private static func samples(_ list: ColorList) -> [[Int]] {
    let bytes = list.tuples.map(Int.init)
    let samples =
      list.layout.bytesPerSample == 1
      ? bytes : stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] << 8 | bytes[$0 + 1] }
    return stride(from: 0, to: samples.count, by: list.layout.depth).map { start in
      Array(samples[start..<start + list.layout.depth])
    }
  }

  /// The colors written by plain means, several ways.
  private func checkRespelled(_ list: ColorList) throws {
    guard list.layout.maxval == 255 else { return }
    let colors = Self.samples(list)
    let hasOpacity = list.layout.depth == 4
    let hex = colors.map { color in
      color.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    let decimal = colors.map { $0.map(String.init).joined(separator: " ") }
    var spellings = [
      hex.joined(separator: "\n"), hex.map { "#\($0)" }.joined(separator: ", "),
      hex.map { "--x: #\($0)" }.joined(separator: ";"),
      "GIMP Palette\n\(hasOpacity ? "Channels: RGBA\n" : "")#\n" + decimal.joined(separator: "\tname\r\n"),
    ]
    if !hasOpacity { spellings.append("JASC-PAL\n0100\n\(colors.count)\n" + decimal.joined(separator: "\n")) }
    for spelling in spellings {
      let read = try Array(spelling.utf8).withUnsafeBytes { try Self.samples(PaletteReader.colors($0)) }
      try FuzzTarget.require(read == colors, "otherwise as \(spelling)")
    }
  }
}
