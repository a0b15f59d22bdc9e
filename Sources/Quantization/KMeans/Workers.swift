import Dispatch

/// Runs the same piece of work on several threads at once.
///
/// - Parameters:
///   - count: Workers, at least 1. One works on the calling thread.
///   - body: Called once for each worker with its number, `0..<count`; which thread that is must not matter to the
///     outcome.
func withWorkers(_ count: Int, _ body: (Int) -> Void) {
  guard count > 1 else {
    body(0)
    return
  }
  withoutActuallyEscaping(body) { body in
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: count) { body($0) }
  }
}
