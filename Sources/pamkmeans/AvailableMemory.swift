#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much memory the process may use.
package enum AvailableMemory {
  /// Bytes: the machine's memory, or a limit of the process or of its control groups if that is less.
  package static var byteCount: Int {
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    let installed = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: pageByteCount)
    // The files are Linux's; elsewhere they are missing and set no limit.
    let limits = [
      installed.overflow ? Int.max : installed.partialValue,
      resourceLimit(contents: ControlGroup.contents(ofFile:)) ?? .max,
      controlGroupLimit(contents: ControlGroup.contents(ofFile:)) ?? .max,
    ]
    return limits.filter { $0 > 0 }.min() ?? .max
  }

  /// The lesser of the soft limits for address space and data, as /proc/self/limits has them; see getrlimit(2).
  ///
  /// - Parameter contents: Gives what is in the file of a name, nil if it cannot be read.
  /// - Returns: Bytes; nil for no limit.
  package static func resourceLimit(contents: (_ path: String) -> String?) -> Int? {
    let lines = contents("/proc/self/limits")?.split(separator: "\n") ?? []
    return ["Max address space", "Max data size"].compactMap { name in
      let line = lines.first { $0.hasPrefix(name) }
      return line?.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }.min()
  }

  /// The least limit that the process's control groups and those above them set.
  ///
  /// See in the kernel's documentation `memory.max` (version 2) and `memory.limit_in_bytes` (version 1).
  ///
  /// - Parameter contents: Gives what is in the file of a name, nil if it cannot be read.
  /// - Returns: Bytes; nil for no limit.
  package static func controlGroupLimit(contents: (_ path: String) -> String?) -> Int? {
    ControlGroup.all(controlledBy: "memory", contents: contents).compactMap { group in
      let name = group.isVersion2 ? "memory.max" : "memory.limit_in_bytes"
      return contents("\(group.directory)/\(name)").flatMap { text in
        text.split(separator: "\n").first.flatMap { Int($0) }
      }
    }.min()
  }
}
