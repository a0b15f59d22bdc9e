import Clustering

extension KMeans {
  /// Clusters points that have no tree yet.
  func cluster(_ points: Points, progress: @escaping (Int, Int) -> Void = { _, _ in }) throws -> Clustering {
    try cluster(AnyPointTree(points, threadCount: settings.threadCount), progress: progress)
  }
}
