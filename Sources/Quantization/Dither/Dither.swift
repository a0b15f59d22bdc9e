import Memory
import Workers

/// Replaces each tuple of images by a palette color, with dithering.
package final class Dither {
  private let numbers: TupleNumbers
  private let written: Palette
  private let colors: DitherColors
  private let strength: Int
  private var width = 0
  private let threadCount: Int
  private var method: Method
  private var rowNumber = 0

  /// Room for the rows mapped at a time.
  private var block: Storage<UInt8>?

  private enum Method {
    case diffusion(FloydSteinberg?)
    case pattern(PatternDither)
  }

  /// Finds what does not depend on the place in an image.
  ///
  /// - Parameters:
  ///   - settings: How.
  ///   - colors: The palette and the images' tuples.
  ///   - numbers: Finds the numbers of the images' tuples.
  ///   - written: What is written for each entry of the palette.
  ///   - threadCount: Threads that may work at a time, at least 1.
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
  /// - Parameter width: Tuples of a row, at least 1.
  /// - Throws: `OutOfMemory`.
  package func begin(width: Int) throws {
    self.width = width
    rowNumber = 0
    if case .diffusion = method {
      method = .diffusion(try FloydSteinberg(colors, strength: strength, width: width))
    }
  }

  /// Maps the next run of rows and hands them on, some at a time, in order.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of raw tuples, all of which were counted.
  ///   - body: Called with one or more whole mapped rows, which are gone after the call.
  /// - Throws: `OutOfMemory`, what `body` throws.
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

  /// Puts the numbers of the entries in the place of those of the tuples.
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

  /// Fewer tuples than this are mapped sooner than a thread is woken.
  private static let tuplesPerThread = 16384
}
