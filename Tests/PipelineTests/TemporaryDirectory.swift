import Foundation

/// A new directory that goes away with all it holds.
final class TemporaryDirectory {
  let url: URL

  /// - Throws: If it cannot be made.
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("pamkmeans-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the directory.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
