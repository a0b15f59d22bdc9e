/// A reference to contiguous raw tuples. The caller has to keep their memory.
package struct RawTuples {
  /// The samples of the tuples, as in a raw raster.
  let bytes: UnsafeRawBufferPointer

  let layout: TupleLayout

  /// Number of tuples.
  var count: Int { bytes.count / layout.bytesPerTuple }
}
