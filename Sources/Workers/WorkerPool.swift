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
/// wait until it gets one, which under a limit for memory or processes is forever. The lock is the system's, since the
/// thread sanitizer does not see that of `Mutex`.
final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool()

  /// What the lock guards.
  private struct State {
    /// Whether a caller has the threads: from the start of its work until none of them is at it any more.
    var isTaken = false
    /// What is being done now, while threads are wanted for it.
    var job: Job?
    /// Threads that are still to join in.
    var wantedCount = 0
    /// Threads that are at it.
    var activeCount = 0
    /// Threads in the pool.
    var threadCount = 0
  }

  private var state = State()
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signaled when threads are wanted.
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Signaled when no thread is active any more.
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(work, nil)
    pthread_cond_init(done, nil)
  }

  /// Calls `body` once for each number in `0..<count`, on the calling thread and on up to `count - 1` others.
  ///
  /// Called from within `body`, or while another caller has the threads, it does all on the calling thread.
  func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let job = Job(count: count, body: body)
    let helperCount = callHelpers(count - 1, for: job)
    job.work()
    guard helperCount > 0 else { return }
    pthread_mutex_lock(lock)
    // Threads that have not come yet would find nothing to do.
    state.job = nil
    state.wantedCount = 0
    while state.activeCount > 0 { pthread_cond_wait(done, lock) }
    state.isTaken = false
    pthread_mutex_unlock(lock)
    job.forget()
  }

  /// Wakes threads, new ones if need be.
  ///
  /// - Returns: How many will come, unless all is done before.
  private func callHelpers(_ count: Int, for job: Job) -> Int {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard !state.isTaken else { return 0 }
    while state.threadCount < count, Self.startThread() { state.threadCount += 1 }
    let helperCount = min(state.threadCount, count)
    guard helperCount > 0 else { return 0 }
    state.isTaken = true
    state.job = job
    state.wantedCount = helperCount
    for _ in 0..<helperCount { pthread_cond_signal(work) }
    return helperCount
  }

  /// What a thread of the pool does for ever.
  private func serve() {
    pthread_mutex_lock(lock)
    while true {
      guard state.wantedCount > 0, let job = state.job else {
        pthread_cond_wait(work, lock)
        continue
      }
      state.wantedCount -= 1
      state.activeCount += 1
      pthread_mutex_unlock(lock)
      job.work()
      pthread_mutex_lock(lock)
      state.activeCount -= 1
      if state.activeCount == 0 { pthread_cond_signal(done) }
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
    // Threads inherit what is blocked: signals are for the thread that reads and writes.
    var every = sigset_t()
    var before = sigset_t()
    sigfillset(&every)
    pthread_sigmask(SIG_SETMASK, &every, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
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
