#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The target that the path of an output file leads to.
enum OutputTarget: Equatable {
  /// An open descriptor, given as `/dev/stdout`, `/dev/stderr`, `/dev/fd/N` or `/proc/self/fd/N`.
  case descriptor(Int32)

  /// A pipe, a terminal or another special file.
  case special

  /// A regular file. `path` is not a symbolic link. `mode` has the file's permissions; nil if the file does not exist
  /// yet.
  case regular(path: String, mode: mode_t?)

  /// Finds the target of a path; symbolic links are followed.
  ///
  /// - Throws: `SystemError` if it is a directory or cannot be reached.
  init(path: String) throws {
    let name = "'\(path.harmless)'"
    var path = path
    for _ in 0..<Self.largestLinkCount {
      if let number = Self.descriptorNumber(path) {
        self = .descriptor(number)
        return
      }
      var status = stat()
      guard lstat(path.cPath, &status) == 0 else {
        guard errno == ENOENT, !path.isEmpty, !path.endsInSlash else {
          throw SystemError("cannot open \(name)")
        }
        self = .regular(path: path, mode: nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFLNK:
        path = try Self.resolve(link: path, name: name)
      case S_IFREG:
        self = .regular(path: path, mode: status.st_mode & 0o7777)
        return
      case S_IFDIR:
        throw SystemError("cannot open \(name)", code: EISDIR)
      default:
        self = .special
        return
      }
    }
    throw SystemError("cannot open \(name)", code: ELOOP)
  }

  /// The target of a symbolic link.
  private static func resolve(link path: String, name: String) throws -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink(path.cPath, &bytes, bytes.count - 1) >= 0 else { throw SystemError("cannot open \(name)") }
    let targetBytes = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let target = String(path: targetBytes)
    return target.isAbsolutePath ? target : path.pathDirectory + target
  }

  private static func descriptorNumber(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
        return Int32(path.dropFirst(prefix.count))
      }
      return nil
    }
  }

  /// Maximum number of symbolic links, the same as in Linux.
  private static let largestLinkCount = 40
}
