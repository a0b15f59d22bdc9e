/// Parts of a path. Paths are cut between bytes: what follows a slash may be no character by itself, and then the slash is
/// none in Swift's eyes.
extension String {
  /// All up to the last slash, that included; empty if there is none.
  var pathDirectory: Substring {
    utf8.lastIndex(of: Self.slash).map { self[..<utf8.index(after: $0)] } ?? ""
  }

  /// The bytes behind the last slash.
  var pathName: Substring.UTF8View { self[pathDirectory.endIndex...].utf8 }

  /// Whether it begins at the root.
  var isAbsolutePath: Bool { utf8.first == Self.slash }

  /// Whether it can only be a directory.
  var endsInSlash: Bool { utf8.last == Self.slash }

  private static var slash: UInt8 { UInt8(ascii: "/") }
}
