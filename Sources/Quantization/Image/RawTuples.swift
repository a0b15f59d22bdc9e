/// Raw tuples in memory that somebody else keeps, one behind the other.
package struct RawTuples {
  /// Their samples, as in a raw raster.
  let bytes: UnsafeRawBufferPointer

  let layout: TupleLayout

  /// How many there are.
  var count: Int { bytes.count / layout.bytesPerTuple }
}
