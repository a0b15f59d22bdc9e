/// How the colors of an image are found.
package enum Method: String, Sendable, CaseIterable {
  case kMeans = "kmeans"
  case meanShift = "meanshift"
}
