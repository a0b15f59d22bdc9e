#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The memory that the process may use.
package enum AvailableMemory {
  /// The number of bytes: the lowest of the machine's memory, the limits of the process and those of its control
  /// groups.
  package static var byteCount: Int {
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    let installed = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: pageByteCount)
    // Only Linux has these files. Without them there is no limit.
    let limits = [
      installed.overflow ? Int.max : installed.partialValue,
      resourceLimit(contents: ControlGroup.contents(ofFile:)) ?? .max,
      controlGroupLimit(contents: ControlGroup.contents(ofFile:)) ?? .max,
    ]
    return limits.filter { $0 > 0 }.min() ?? .max
  }

  /// The lower of the soft limits for address space and data in /proc/self/limits, see getrlimit(2).
  ///
  /// - Parameter contents: Returns the text of the file at a path; nil if it cannot be read.
  /// - Returns: The number of bytes; nil if there is no limit.
  package static func resourceLimit(contents: (_ path: String) -> String?) -> Int? {
    let lines = contents("/proc/self/limits")?.split(separator: "\n") ?? []
    return ["Max address space", "Max data size"].compactMap { name in
      let line = lines.first { $0.hasPrefix(name) }
      return line?.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }.min()
  }

  /// The lowest limit of the process's control group and the groups above it.
  ///
  /// See `memory.max` (version 2) and `memory.limit_in_bytes` (version 1) in the kernel's documentation.
  ///
  /// - Parameter contents: Returns the text of the file at a path; nil if it cannot be read.
  /// - Returns: The number of bytes; nil if there is no limit.
  package static func controlGroupLimit(contents: (_ path: String) -> String?) -> Int? {
    ControlGroup.all(controlledBy: "memory", contents: contents).compactMap { group in
      let name = group.isVersion2 ? "memory.max" : "memory.limit_in_bytes"
      return contents("\(group.directory)/\(name)").flatMap { text in
        text.split(separator: "\n").first.flatMap { Int($0) }
      }
    }.min()
  }
}
