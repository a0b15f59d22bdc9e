#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How many threads the process can use at a time.
package enum ProcessorCount {
  /// The processors that are running and that the process may run on, or its control groups' share of processor
  /// time rounded up if that is less; at least 1.
  package static var available: Int {
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    // The files are Linux's; elsewhere they are missing and set no limit.
    let affinity = affinity(contents: ControlGroup.contents(ofFile:))
    let limit = controlGroupLimit(contents: ControlGroup.contents(ofFile:))
    return max(1, [online, affinity ?? online, limit ?? online].min() ?? 1)
  }

  /// The processors in the affinity mask, nil if that cannot be told.
  ///
  /// From `Cpus_allowed` in /proc/self/status, see proc(5): sched_getaffinity(2) is a GNU extension, which Swift's
  /// Glibc module leaves out.
  ///
  /// - Parameter contents: Gives what is in the file of a name, nil if it cannot be read.
  /// - Returns: The number of bits set.
  package static func affinity(contents: (_ path: String) -> String?) -> Int? {
    let key = "Cpus_allowed:"
    let lines = contents("/proc/self/status")?.utf8.split(separator: UInt8(ascii: "\n")) ?? []
    guard let mask = lines.first(where: { $0.starts(with: key.utf8) })?.dropFirst(key.utf8.count) else {
      return nil
    }
    return Substring(mask).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }

  /// The least limit that the process's control groups and those above them set.
  ///
  /// See cgroups(7), and in the kernel's documentation `cpu.max` (version 2) and `cpu.cfs_quota_us` (version 1).
  ///
  /// - Parameter contents: Gives what is in the file of a name, nil if it cannot be read.
  /// - Returns: Processors' worth of time, rounded up; nil for no limit.
  package static func controlGroupLimit(contents: (_ path: String) -> String?) -> Int? {
    ControlGroup.all(controlledBy: "cpu", contents: contents).flatMap { group in
      group.isVersion2
        ? limit(contents("\(group.directory)/cpu.max"))
        : limit(
          contents("\(group.directory)/cpu.cfs_quota_us"), contents("\(group.directory)/cpu.cfs_period_us"))
    }.min()
  }

  /// Processors' worth of time in a period, rounded up; nothing for no limit (a quota of `max` or -1).
  ///
  /// The texts are quota and period in microseconds, together or apart.
  private static func limit(_ texts: String?...) -> [Int] {
    let words = texts.compactMap(\.self).joined(separator: " ").split { $0 == " " || $0 == "\n" }
    guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0
    else {
      return []
    }
    return [(quota - 1) / period + 1]
  }
}
