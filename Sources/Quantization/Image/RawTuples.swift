/// Raw tuples without gaps, in memory that the caller keeps.
package struct RawTuples {
  /// The samples of the tuples, as in a raw raster.
  let bytes: UnsafeRawBufferPointer

  let layout: TupleLayout

  /// Number of tuples.
  var count: Int { bytes.count / layout.bytesPerTuple }
}
