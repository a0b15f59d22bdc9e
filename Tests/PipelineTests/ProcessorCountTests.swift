import Testing
import pamkmeans

@Suite struct ProcessorCountTests {
  @Test(arguments: [("1", 1), ("3", 2), ("ff", 8), ("00000000,80000001", 2), ("ffffffff,ffffffff", 64)])
  func affinityCountsBits(mask: String, count: Int) {
    let status = "Name:\tabc\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-6\n"
    #expect(ProcessorCount.affinity { ["/proc/self/status": status][$0] } == count)
  }

  @Test func affinityMayBeUnknown() {
    #expect(ProcessorCount.affinity { _ in nil } == nil)
    #expect(ProcessorCount.affinity { _ in "Name:\tabc\n" } == nil)
  }

  /// Version 2: a quota and a period in one file; rounded up.
  @Test(
    arguments: [
      ("max 100000\n", nil), ("100000 100000\n", 1), ("100001 100000\n", 2), ("150000 100000\n", 2),
      ("400000 100000\n", 4), ("1000 100000\n", 1), ("", nil), ("x y\n", nil), ("100000 0\n", nil),
    ] as [(String, Int?)])
  func quotaOfVersion2(text: String, count: Int?) {
    let files = ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": text]
    #expect(ProcessorCount.controlGroupLimit { files[$0] } == count)
  }

  /// The groups above set limits, too.
  @Test func leastLimitOfAllGroups() {
    let files = [
      "/proc/self/cgroup": "0::/user.slice/a:b\n",
      "/sys/fs/cgroup/user.slice/cpu.max": "250000 100000\n",
      "/sys/fs/cgroup/user.slice/a:b/cpu.max": "800000 100000\n",
    ]
    #expect(ProcessorCount.controlGroupLimit { files[$0] } == 3)
  }

  /// Version 1: quota and period in two files, -1 for no limit; in a container the group's own name may be missing.
  @Test(arguments: [("-1\n", nil), ("50000\n", 1), ("350000\n", 4)] as [(String, Int?)])
  func quotaOfVersion1(quota: String, count: Int?) {
    let files = [
      "/proc/self/cgroup": "5:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n0::/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota,
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(ProcessorCount.controlGroupLimit { files[$0] } == count)
  }

  @Test func atLeastOne() {
    #expect(ProcessorCount.available >= 1)
  }
}
