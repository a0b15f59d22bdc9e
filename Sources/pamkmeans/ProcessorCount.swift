#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The number of processors that the process can use.
package enum ProcessorCount {
  /// The number of processors, at least 1: the lowest of the processors online, those in the affinity mask, and the
  /// processor time that control groups allow, rounded up.
  package static var available: Int {
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    // Only Linux has these files. Without them there is no limit.
    let affinity = affinity(contents: ControlGroup.contents(ofFile:))
    let limit = controlGroupLimit(contents: ControlGroup.contents(ofFile:))
    return max(1, [online, affinity ?? online, limit ?? online].min() ?? 1)
  }

  /// The number of processors in the affinity mask; nil if it is unknown.
  ///
  /// It is read from `Cpus_allowed` in /proc/self/status, see proc(5). The function sched_getaffinity(2) is a GNU
  /// extension and missing in Swift's Glibc module.
  ///
  /// - Parameter contents: Returns the text of the file at a path; nil if it cannot be read.
  /// - Returns: The number of bits in the mask.
  package static func affinity(contents: (_ path: String) -> String?) -> Int? {
    let key = "Cpus_allowed:"
    let lines = contents("/proc/self/status")?.utf8.split(separator: UInt8(ascii: "\n")) ?? []
    guard let mask = lines.first(where: { $0.starts(with: key.utf8) })?.dropFirst(key.utf8.count) else {
      return nil
    }
    return Substring(mask).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }

  /// The lowest limit of the process's control group and the groups above it.
  ///
  /// See cgroups(7), and in the kernel's documentation `cpu.max` (version 2) and `cpu.cfs_quota_us` (version 1).
  ///
  /// - Parameter contents: Returns the text of the file at a path; nil if it cannot be read.
  /// - Returns: The number of processors, rounded up; nil if there is no limit.
  package static func controlGroupLimit(contents: (_ path: String) -> String?) -> Int? {
    ControlGroup.all(controlledBy: "cpu", contents: contents).flatMap { group in
      group.isVersion2
        ? limit(contents("\(group.directory)/cpu.max"))
        : limit(
          contents("\(group.directory)/cpu.cfs_quota_us"), contents("\(group.directory)/cpu.cfs_period_us"))
    }.min()
  }

  /// The quota divided by the period, rounded up; empty if there is no limit (a quota of `max` or -1).
  ///
  /// The texts contain quota and period in microseconds, both in one text or each in its own.
  private static func limit(_ texts: String?...) -> [Int] {
    let words = texts.compactMap(\.self).joined(separator: " ").split { $0 == " " || $0 == "\n" }
    guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0
    else {
      return []
    }
    return [(quota - 1) / period + 1]
  }
}
