import Clustering
import PamStream
import Quantization

// The lines that `-verbose` writes about an image and its palette.

extension PamHeader {
  /// The header in one line: `PPM, 512 x 768, maxval 255`.
  var summary: String {
    var parts = ["\(format)".uppercased() + (isPlain ? " (plain)" : ""), "\(width) x \(height)"]
    if format == .pam {
      parts.append("depth \(layout.depth)")
      parts.append(tupleType.isEmpty ? "no tuple type" : "tuple type \(tupleType)")
    }
    parts.append("maxval \(layout.maxval)")
    return parts.joined(separator: ", ")
  }
}

extension StopReason {
  fileprivate var summary: String {
    switch self {
    case .settled: "converged"
    case .withinTolerance: "within the tolerance"
    case .iterationLimit: "stopped"
    }
  }
}

extension Reduction {
  /// The palette and the k-means run in one line: `16 colors, inertia 139891234, run 1, 38 iterations, converged`.
  var summary: String {
    var parts = [
      "\(palette.count) color\(palette.count == 1 ? "" : "s")", "inertia \(distortion.roundedInertia)",
    ]
    if let course = clustering?.course {
      parts.append("run \(course.run)")
      parts.append("\(course.history.count) iteration\(course.history.count == 1 ? "" : "s")")
      parts.append(course.ending.summary)
    }
    return parts.joined(separator: ", ")
  }
}
