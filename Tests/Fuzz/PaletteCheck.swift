import PamStream
import Quantization

/// Reads a file of colors: a list is the same colors as its plain reading, whatever way it is written.
struct PaletteCheck {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func check() throws {
    let samples = try? Array(PaletteText.samples(bytes))
    if let samples {
      try FuzzTarget.require(!samples.isEmpty && samples.count % 3 == 0, "\(samples.count) samples")
      try checkRespelled(samples)
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
      try FuzzTarget.require(samples == nil || bytes.first == UInt8(ascii: "P"), "refused: \(message)")
      return
    }
    try check(palette, samples)
  }

  /// The colors are different, in order, and those of the text.
  private func check(_ file: PaletteFile, _ samples: [UInt8]?) throws {
    let palette = file.palette
    let colors = (0..<palette.count).map { entry in
      (0..<palette.layout.depth).map { palette.sample(plane: $0, of: entry) }
    }
    for (first, second) in zip(colors, colors.dropFirst()) {
      try FuzzTarget.require(first.lexicographicallyPrecedes(second), "\(first) before \(second)")
    }
    guard bytes.first != UInt8(ascii: "P") else { return }
    let wanted = Set(
      stride(from: 0, to: samples?.count ?? 0, by: 3).map { start in
        (samples ?? [])[start..<start + 3].map(Int.init)
      })
    try FuzzTarget.require(wanted == Set(colors), "\(colors) instead of \(wanted)")
  }

  /// The colors written by plain means, both ways.
  private func checkRespelled(_ samples: [UInt8]) throws {
    let triples = stride(from: 0, to: samples.count, by: 3).map { samples[$0..<$0 + 3] }
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    for triple in triples {
      for sample in triple { hex += [digits[Int(sample / 16)], digits[Int(sample % 16)]] }
      hex.append(0x0A)
    }
    let gimp =
      "GIMP Palette\nName: x\n#\n"
      + triples.map { $0.map(String.init).joined(separator: " ") + "\tname\r\n" }.joined()
    let fromHex = try hex.withUnsafeBytes { Array(try PaletteText.samples($0)) }
    try FuzzTarget.require(fromHex == samples, "otherwise as a hex list")
    let fromGimp = try Array(gimp.utf8).withUnsafeBytes { Array(try PaletteText.samples($0)) }
    try FuzzTarget.require(fromGimp == samples, "otherwise as a GIMP palette")
  }
}
