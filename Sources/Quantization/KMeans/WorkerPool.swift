import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Threads that wait for work to share with the thread that has it.
///
/// Where the system refuses a thread, those there are do the work, if need be the calling one alone: Dispatch would
/// wait until it gets one, which under a limit for memory or processes is forever.
final class WorkerPool: Sendable {
  static let shared = WorkerPool()

  private struct State {
    /// Whether a caller has the threads: from the start of its work until none of them is at it any more.
    var isTaken = false
    /// What is being done now; nothing once all its pieces have been taken.
    var job: Job?
    /// Threads of the pool that are at it.
    var activeCount = 0
    /// Whether the calling thread has done all it could and waits for them.
    var isAwaited = false
    /// Threads in the pool.
    var threadCount = 0
  }

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  /// Calls `body` once for each number in `0..<count`, on the calling thread and on up to `count - 1` others.
  ///
  /// Called from within `body`, or while another caller has the threads, it does all on the calling thread.
  func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let job = Job(count: count, body: body)
    let helperCount = state.withLock { state in
      guard !state.isTaken else { return 0 }
      while state.threadCount < count - 1, Self.startThread() { state.threadCount += 1 }
      let helperCount = min(state.threadCount, count - 1)
      if helperCount > 0 {
        state.isTaken = true
        state.job = job
      }
      return helperCount
    }
    for _ in 0..<helperCount { work.signal() }
    job.work()
    guard helperCount > 0 else { return }
    // A thread that wakes up only now finds nothing to do.
    let isWaiting = state.withLock { state in
      state.job = nil
      state.isAwaited = state.activeCount > 0
      state.isTaken = state.isAwaited
      return state.isAwaited
    }
    if isWaiting {
      done.wait()
      state.withLock { $0.isTaken = false }
    }
    job.forget()
  }

  /// What a thread of the pool does for ever.
  private func serve() {
    while true {
      work.wait()
      let job = state.withLock { state in
        if state.job != nil { state.activeCount += 1 }
        return state.job
      }
      guard let job else { continue }
      job.work()
      let isLast = state.withLock { state in
        state.activeCount -= 1
        let isLast = state.isAwaited && state.activeCount == 0
        if isLast { state.isAwaited = false }
        return isLast
      }
      if isLast { done.signal() }
    }
  }

  /// - Returns: Whether there is one more.
  private static func startThread() -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackByteCount)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    return pthread_create(
      &thread, &attributes,
      { _ in
        WorkerPool.shared.serve()
        return nil
      }, nil) == 0
  }

  /// Nothing large lies on the stack, and nothing recurses deeper than a tree of 2^32 leaves.
  private static let stackByteCount = 1 << 20
}

/// Numbered pieces of work, each to be done once.
private final class Job: Sendable {
  private let next = Atomic(0)
  private let count: Int
  /// Changed when no thread works any more.
  nonisolated(unsafe) private var body: (@Sendable (Int) -> Void)?

  init(count: Int, body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Does pieces until none is left.
  func work() {
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      body?(number)
    }
  }

  /// Lets go of the work, since threads of the pool may hold the job a little longer than its owner may.
  func forget() { body = nil }
}
