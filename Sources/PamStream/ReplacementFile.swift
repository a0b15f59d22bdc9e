import CPamStream

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written under a temporary name and then replaces its target.
///
/// If a signal ends the program before the replacement, the temporary file is removed.
final class ReplacementFile {
  /// The descriptor to write to. The writer has to close it.
  let descriptor: Descriptor

  private let path: String
  private let target: String
  private let ticket: Int32

  /// Creates the file in the directory of its target.
  ///
  /// - Parameters:
  ///   - target: The path of the file to replace.
  ///   - mode: The permissions of the existing file; `nil` if there is none.
  /// - Throws: `SystemError`.
  init(target: String, mode: mode_t?) throws {
    self.target = target
    let name = "'\(target.harmless)'"
    if mode != nil, access(target.cPath, W_OK) != 0 { throw SystemError("cannot write \(name)") }
    path = "\(target.pathDirectory).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).partial"
    ticket = pamstream_unlink_on_signal(path.cPath)
    let created: Descriptor
    do {
      // At no time do more users have access to the new file than to the existing one.
      created = try Descriptor(
        opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: (mode ?? 0o666) & 0o777)
    } catch let error as SystemError {
      pamstream_keep_on_signal(ticket)
      throw SystemError("cannot create \(name)", code: error.code)
    }
    descriptor = Descriptor(number: created.number, name: name)
    guard let mode, !Self.hasMode(mode, created) else { return }
    guard fchmod(created.number, mode) == 0 else {
      let error = SystemError("cannot keep the permissions of \(name)")
      close(created.number)
      discard()
      throw error
    }
  }

  /// Whether a file already has the given permissions.
  private static func hasMode(_ mode: mode_t, _ file: Descriptor) -> Bool {
    var status = stat()
    return fstat(file.number, &status) == 0 && status.st_mode & 0o7777 == mode
  }

  /// Whether both files have the same target, even by different paths.
  func hasSameTarget(as other: ReplacementFile) -> Bool {
    guard target.pathName.elementsEqual(other.target.pathName) else { return false }
    // The targets may not exist yet, but their directories do.
    return FileIdentity(path: Self.directory(target))
      .map { $0 == FileIdentity(path: Self.directory(other.target)) } ?? false
  }

  /// Whether the target is the file that an open descriptor refers to.
  func hasSameTarget(as other: Descriptor) -> Bool {
    FileIdentity(path: target).map { $0 == FileIdentity(other) } ?? false
  }

  private static func directory(_ path: String) -> String {
    path.pathDirectory.isEmpty ? "." : String(path.pathDirectory)
  }

  /// Replaces the target. The descriptor has to be closed before.
  ///
  /// - Throws: `SystemError`.
  func commit() throws {
    guard rename(path.cPath, target.cPath) == 0 else {
      throw SystemError("cannot replace \(descriptor.name)")
    }
    pamstream_keep_on_signal(ticket)
  }

  /// Removes the file.
  func discard() {
    unlink(path.cPath)
    pamstream_keep_on_signal(ticket)
  }
}
