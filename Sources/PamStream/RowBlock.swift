/// A part of a raster for one call of libnetpbm: several whole rows if they are short, else a part of one row.
struct RowBlock {
  let columns: Int
  let rows: Int

  var tupleCount: Int { columns * rows }

  /// Number of bytes of the block as a raw PBM raster. Each row is padded to a whole byte.
  var bitmapByteCount: Int { (columns + 7) / 8 * rows }

  /// Divides rows into blocks, top to bottom and left to right.
  ///
  /// - Parameters:
  ///   - rows: Number of rows.
  ///   - width: Number of columns.
  ///   - columnMultiple: Rows are divided only at columns that are multiples of this number.
  ///   - body: Called with each block and the index of its first tuple. The tuples of a block are contiguous.
  static func forEach(
    rows: Int, width: Int, columnMultiple: Int, _ body: (RowBlock, _ start: Int) throws -> Void
  ) rethrows {
    let limit = Netpbm.tuplesPerBlock
    var row = 0
    while row < rows {
      if width <= limit {
        let block = RowBlock(columns: width, rows: min(rows - row, limit / width))
        try body(block, row * width)
        row += block.rows
      } else {
        let columnsPerBlock = limit - limit % columnMultiple
        for column in stride(from: 0, to: width, by: columnsPerBlock) {
          let block = RowBlock(columns: min(width - column, columnsPerBlock), rows: 1)
          try body(block, row * width + column)
        }
        row += 1
      }
    }
  }
}
