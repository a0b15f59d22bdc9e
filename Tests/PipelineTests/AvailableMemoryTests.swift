import Testing
import pamkmeans

@Suite struct AvailableMemoryTests {
  /// The form of /proc/self/limits; the lesser of two counts, others do not.
  @Test(
    arguments: [
      ("unlimited", "unlimited", nil), ("400000000", "unlimited", 400_000_000),
      ("unlimited", "5000", 5000), ("4000", "5000", 4000), ("6000", "5000", 5000),
    ] as [(String, String, Int?)])
  func resourceLimits(space: String, data: String, limit: Int?) {
    let limits = """
      Limit                     Soft Limit           Hard Limit           Units
      Max cpu time              1                    unlimited            seconds
      Max data size             \(data)              7                    bytes
      Max stack size            8                    unlimited            bytes
      Max address space         \(space)             9                    bytes

      """
    #expect(AvailableMemory.resourceLimit { ["/proc/self/limits": limits][$0] } == limit)
    #expect(AvailableMemory.resourceLimit { _ in nil } == nil)
  }

  /// Version 2: the groups above set limits, too, and `max` is none.
  @Test(arguments: [("max", "max", nil), ("300", "max", 300), ("max", "200", 200), ("300", "200", 200)])
  func version2(outer: String, inner: String, limit: Int?) {
    let files = [
      "/proc/self/cgroup": "0::/user.slice/a\n",
      "/sys/fs/cgroup/user.slice/memory.max": "\(outer)\n",
      "/sys/fs/cgroup/user.slice/a/memory.max": "\(inner)\n",
    ]
    #expect(AvailableMemory.controlGroupLimit { files[$0] } == limit)
  }

  @Test func version1() {
    let files = [
      "/proc/self/cgroup": "5:cpu:/b\n4:memory:/a\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "700\n",
      "/sys/fs/cgroup/memory/b/memory.limit_in_bytes": "1\n",
    ]
    #expect(AvailableMemory.controlGroupLimit { files[$0] } == 700)
    #expect(AvailableMemory.controlGroupLimit { _ in nil } == nil)
  }

  @Test func somethingIsThere() {
    #expect(AvailableMemory.byteCount > 1 << 20)
  }
}
