import Memory
import Workers

/// Maps images to a palette with dithering.
package final class Dither {
  private let numbers: TupleNumbers
  private let written: Palette
  private let colors: DitherColors
  private let strength: Int
  private var width = 0
  private let threadCount: Int
  private var method: Method
  private var rowNumber = 0

  /// Memory for the rows that are mapped at a time.
  private var block: Storage<UInt8>?

  private enum Method {
    case diffusion(FloydSteinberg?)
    case pattern(PatternDither)
  }

  /// Prepares everything that does not depend on the position in an image.
  ///
  /// - Parameters:
  ///   - settings: The dithering method and its strength.
  ///   - colors: The palette and the tuples of the images.
  ///   - numbers: Finds the numbers of the images' tuples.
  ///   - written: For each palette entry, the color to write.
  ///   - threadCount: Maximum number of threads, at least 1.
  /// - Throws: `OutOfMemory`.
  package init(
    _ settings: DitherSettings, _ colors: DitherColors, _ numbers: TupleNumbers, writing written: Palette,
    threadCount: Int
  ) throws {
    precondition(written.count == colors.entryCount)
    self.numbers = numbers
    self.written = written
    self.colors = colors
    strength = settings.strength
    self.threadCount = threadCount
    func pattern(_ map: ThresholdMap) throws -> Method {
      .pattern(try PatternDither(colors, map, strength: settings.strength, threadCount: threadCount))
    }
    switch settings.method {
    case .floyd: method = .diffusion(nil)
    case .bayer8: method = try pattern(.bayer8)
    case .bluenoise: method = try pattern(.blueNoise)
    }
  }

  /// Prepares for the first row of an image.
  ///
  /// - Parameter width: Number of columns, at least 1.
  /// - Throws: `OutOfMemory`.
  package func begin(width: Int) throws {
    self.width = width
    rowNumber = 0
    if case .diffusion = method {
      method = .diffusion(try FloydSteinberg(colors, strength: strength, width: width))
    }
  }

  /// Maps the next rows.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples. All tuples have to be counted.
  ///   - body: Called with successive blocks of whole mapped rows, which are valid only during the call.
  /// - Throws: `OutOfMemory`, any error of `body`.
  package func map(
    _ rows: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try numbers.map(rows, width: width) { numbers in
      choose(numbers)
      let size = written.layout.bytesPerTuple
      if (self.block?.elements.count ?? 0) < numbers.count * size {
        self.block = try Storage(count: numbers.count * size)
      }
      guard let block else { return }
      let sliceCount = min(threadCount, max(numbers.count / Self.tuplesPerThread, 1))
      withWorkers(sliceCount) { slice in
        for index in numbers.count * slice / sliceCount..<numbers.count * (slice + 1) / sliceCount {
          let color = written.tuples.baseAddress.map { $0 + Int(numbers[index]) &* size }
          guard let color = color?.assumingMemoryBound(to: UInt8.self) else { return }
          copyTuple(color, to: block.base + index &* size, size)
        }
      }
      try body(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block.elements)[..<(numbers.count * size)]))
    }
  }

  /// Replaces the numbers of tuples by the numbers of their palette entries.
  private func choose(_ numbers: UnsafeMutableBufferPointer<UInt32>) {
    let rowCount = numbers.count / width
    func row(_ index: Int) -> UnsafeMutableBufferPointer<UInt32> {
      UnsafeMutableBufferPointer(rebasing: numbers[index * width..<(index + 1) * width])
    }
    switch method {
    case .diffusion(var diffusion):
      for index in 0..<rowCount { diffusion?.map(row(index)) }
      method = .diffusion(diffusion)
    case .pattern(let pattern):
      let sliceCount = min(threadCount, max(numbers.count / Self.tuplesPerThread, 1))
      withWorkers(sliceCount) { [rowNumber] slice in
        for index in rowCount * slice / sliceCount..<rowCount * (slice + 1) / sliceCount {
          pattern.map(row(index), number: rowNumber + index)
        }
      }
    }
    rowNumber += rowCount
  }

  /// Minimum number of tuples for each thread. Waking a thread takes longer than mapping fewer tuples.
  private static let tuplesPerThread = 16384
}
