import Synchronization

/// Runs the same piece of work on several threads at once.
///
/// - Parameters:
///   - count: Workers, at least 1. One works on the calling thread.
///   - body: Called once for each worker with its number, `0..<count`; which thread that is must not matter to the
///     outcome.
package func withWorkers(_ count: Int, _ body: (Int) -> Void) {
  guard count > 1 else {
    body(0)
    return
  }
  withoutActuallyEscaping(body) { body in
    nonisolated(unsafe) let body = body
    WorkerPool.shared.perform(count) { body($0) }
  }
}

/// Shares jobs among threads, each taking the next when it has done one.
///
/// - Parameters:
///   - count: Workers, at least 1; no more than there are jobs are put to work.
///   - jobCount: Jobs, 0 or more.
///   - body: Called once for each job with the number of the worker and of the job; which worker that is must not
///     matter to the outcome.
package func withWorkers(_ count: Int, sharing jobCount: Int, _ body: (_ worker: Int, _ job: Int) -> Void) {
  guard jobCount > 0 else { return }
  let next = Atomic(0)
  withWorkers(min(count, jobCount)) { worker in
    while true {
      let job = next.add(1, ordering: .relaxed).oldValue
      guard job < jobCount else { break }
      body(worker, job)
    }
  }
}
