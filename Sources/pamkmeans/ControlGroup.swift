#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A control group that limits the process: its own or one above it. See cgroups(7).
struct ControlGroup {
  /// Where the files of the controller are.
  let directory: String

  /// Whether it belongs to the one hierarchy of version 2, not to one of the several of version 1.
  let isVersion2: Bool

  /// The control groups that may limit the process, from the outermost in.
  ///
  /// - Parameters:
  ///   - controller: What limits: `cpu`, `memory`.
  ///   - contents: Gives what is in the file of a name, nil if it cannot be read.
  /// - Returns: The groups; none where there are no control groups.
  static func all(
    controlledBy controller: String, contents: (_ path: String) -> String?
  ) -> [ControlGroup] {
    var groups: [ControlGroup] = []
    for line in contents("/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      // Hierarchy, controllers and path; version 2 names no controllers.
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

  /// What is in a small file, nil if it cannot be read.
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
