#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A control group that limits the process: its own or one above it, see cgroups(7).
struct ControlGroup {
  /// The directory of the controller's files.
  let directory: String

  /// Whether the group belongs to the hierarchy of version 2. Otherwise it belongs to one of version 1.
  let isVersion2: Bool

  /// The control groups that may limit the process, outermost first in each hierarchy.
  ///
  /// - Parameters:
  ///   - controller: The name of the controller: `cpu` or `memory`.
  ///   - contents: Returns the text of the file at a path; nil if it cannot be read.
  /// - Returns: The groups; empty if the system has none.
  static func all(
    controlledBy controller: String, contents: (_ path: String) -> String?
  ) -> [ControlGroup] {
    var groups: [ControlGroup] = []
    for line in contents("/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      // The fields are hierarchy, controllers and path. Version 2 has an empty list of controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isVersion2 = fields[1].isEmpty
      guard isVersion2 || fields[1].split(separator: ",").contains(Substring(controller)) else { continue }
      let names = fields[2].split(separator: "/")
      for depth in 0...names.count {
        let path = names.prefix(depth).map { "/\($0)" }.joined()
        groups.append(
          ControlGroup(
            directory: "/sys/fs/cgroup\(isVersion2 ? "" : "/" + controller)\(path)", isVersion2: isVersion2))
      }
    }
    return groups
  }

  /// The text of a small file; nil if it cannot be read.
  static func contents(ofFile path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { return nil }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += block.prefix(count)
    }
  }
}
