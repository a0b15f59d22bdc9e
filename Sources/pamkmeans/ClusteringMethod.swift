/// How the colors of an image are found.
package enum ClusteringMethod: String, Sendable, CaseIterable {
  case kMeans = "kmeans"
  case meanShift = "meanshift"
}
