import CPamStream

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written under another name and then takes the place of its target.
///
/// Until then a signal that ends the program removes it.
final class ReplacementFile {
  /// Where to write; whoever writes also closes it.
  let descriptor: Descriptor

  private let path: String
  private let target: String
  private let ticket: Int32

  /// Creates the file beside its target.
  ///
  /// - Parameters:
  ///   - target: The path to be taken.
  ///   - mode: The permissions of the file that is there; `nil` if there is none.
  /// - Throws: `SystemError`.
  init(target: String, mode: mode_t?) throws {
    self.target = target
    let name = "'\(target.harmless)'"
    if mode != nil, access(target, W_OK) != 0 { throw SystemError("cannot write \(name)") }
    path = "\(target.pathDirectory).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).partial"
    ticket = pamstream_unlink_on_signal(path)
    let created: Descriptor
    do {
      // At no time more is allowed than to those who may use the file that is there.
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

  /// Whether a file has these permissions already.
  private static func hasMode(_ mode: mode_t, _ file: Descriptor) -> Bool {
    var status = stat()
    return fstat(file.number, &status) == 0 && status.st_mode & 0o7777 == mode
  }

  /// Whether another file is to take the same place, by whatever path.
  func hasSameTarget(as other: ReplacementFile) -> Bool {
    guard target.pathName.elementsEqual(other.target.pathName) else { return false }
    // Those not there yet have directories that are.
    return FileIdentity(path: Self.directory(target))
      .map { $0 == FileIdentity(path: Self.directory(other.target)) } ?? false
  }

  /// Whether it is to take the place of the file that is open elsewhere.
  func hasSameTarget(as other: Descriptor) -> Bool {
    FileIdentity(path: target).map { $0 == FileIdentity(other) } ?? false
  }

  private static func directory(_ path: String) -> String {
    path.pathDirectory.isEmpty ? "." : String(path.pathDirectory)
  }

  /// Puts the file, which has been closed, in its target's place.
  ///
  /// - Throws: `SystemError`.
  func commit() throws {
    guard rename(path, target) == 0 else { throw SystemError("cannot replace \(descriptor.name)") }
    pamstream_keep_on_signal(ticket)
  }

  /// Removes the file.
  func discard() {
    unlink(path)
    pamstream_keep_on_signal(ticket)
  }
}
