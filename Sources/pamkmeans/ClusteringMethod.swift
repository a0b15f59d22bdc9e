/// The algorithm that chooses the colors of an image.
package enum ClusteringMethod: String, Sendable, CaseIterable {
  case kMeans = "kmeans"
  case meanShift = "meanshift"
}
