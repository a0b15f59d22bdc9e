import Synchronization
import Testing
import Workers

/// The threads of the pool, which all tests share.
struct WorkersTests {
  /// Several callers at once: each comes back when all of its own work is done, and all of them come back.
  @Test func concurrentCallersDoNotMix() async {
    let wrongCount = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<4 {
        group.addTask { Self.wrongCount(caller: caller) }
      }
      return await group.reduce(0, +)
    }
    #expect(wrongCount == 0)
  }

  /// Rounds in which work was left undone, or done twice.
  private static func wrongCount(caller: Int) -> Int {
    (0..<20_000).count { round in
      let workerCount = 2 + (caller + round) % 3
      let total = Atomic(0)
      withWorkers(workerCount) { worker in
        for _ in 0..<round % 50 { total.add(1, ordering: .relaxed) }
        total.add(worker, ordering: .relaxed)
      }
      let wanted = round % 50 * workerCount + workerCount * (workerCount - 1) / 2
      return total.load(ordering: .relaxed) != wanted
    }
  }

  @Test func workWithinWorkIsDone() {
    let total = Atomic(0)
    withWorkers(3, sharing: 10) { _, job in
      withWorkers(3, sharing: 4) { _, inner in total.add(job * inner, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 45 * 6)
  }
}
