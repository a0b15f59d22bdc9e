import Clustering
import Quantization

/// All tuples of an image as points of their samples.
struct EmbeddedSamples {
  let points: Points
  private let embedding: SampleEmbedding
  private let layout: TupleLayout

  var planesPerCoordinate: Int { embedding.planesPerCoordinate }

  init(_ histogram: Histogram) {
    layout = histogram.layout
    embedding = SampleEmbedding(
      layout, planeCount: layout.depth, isGray: histogram.isGray(planeCount: layout.depth, nil))
    points = embedding.points(of: histogram)
  }

  func palette(_ clustering: Clustering) throws -> Palette {
    try Palette(embedding.tuples(of: clustering), layout: layout)
  }
}
