import Memory
import Quantization

extension Storage {
  /// Storage that holds `values`.
  convenience init(_ values: [Element]) throws {
    try self.init(count: values.count)
    _ = elements.update(fromContentsOf: values)
  }

  /// The elements in an array, safe to ask of storage that nothing else holds.
  var values: [Element] {
    withExtendedLifetime(self) { Array(elements) }
  }
}

extension Palette {
  /// Colors given as raw tuples, in their order.
  convenience init(layout: TupleLayout, tuples given: UnsafeRawBufferPointer) throws {
    try self.init(layout: layout, count: given.count / layout.bytesPerTuple)
    UnsafeMutableRawBufferPointer(mutating: tuples).copyMemory(from: given)
  }

  /// The tuples in an array, safe to ask of a palette that nothing else holds.
  var bytes: [UInt8] {
    withExtendedLifetime(self) { Array(tuples) }
  }
}
