import Synchronization

/// Calls `body` once for each of several workers, which may run on different threads.
///
/// - Parameters:
///   - count: Number of workers, at least 1. One runs on the calling thread.
///   - body: Called with the number of the worker, `0..<count`. Its effect must not depend on the thread.
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

/// Shares numbered jobs among workers. Each worker takes the next job when it has finished one.
///
/// - Parameters:
///   - count: Maximum number of workers, at least 1.
///   - jobCount: Number of jobs, 0 or more.
///   - body: Called once for each job with the numbers of the worker and of the job. Its effect must not depend on the
///     worker.
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
