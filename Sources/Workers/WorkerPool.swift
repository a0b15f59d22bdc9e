import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A pool of threads that help a caller with numbered jobs.
///
/// If the system refuses to start a thread, the existing threads do the work, if necessary the calling one alone.
/// Dispatch is not used, because it would wait forever if a limit for memory or processes prevents new threads. The
/// lock is a pthread mutex, because the thread sanitizer does not know `Mutex`.
final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool()

  /// The state that the lock protects.
  private struct State {
    /// Whether a caller is using the threads, until the last of them has stopped working.
    var isTaken = false
    /// The current job, as long as threads may still join.
    var job: Job?
    /// Number of threads that have been woken and have not joined yet.
    var wantedCount = 0
    /// Number of threads that are working.
    var activeCount = 0
    /// Number of threads in the pool.
    var threadCount = 0
  }

  private var state = State()
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signaled when threads are wanted.
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Signaled when the last thread stops working.
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(work, nil)
    pthread_cond_init(done, nil)
  }

  /// Calls `body` once for each number in `0..<count`, on the calling thread and on up to `count - 1` others. It
  /// returns after the last call has ended.
  ///
  /// If it is called within `body`, or while another caller uses the threads, it works on the calling thread alone.
  func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let job = Job(count: count, body: body)
    let helperCount = callHelpers(count - 1, for: job)
    job.work()
    guard helperCount > 0 else { return }
    pthread_mutex_lock(lock)
    // Threads that have not joined yet would find nothing to do.
    state.job = nil
    state.wantedCount = 0
    while state.activeCount > 0 { pthread_cond_wait(done, lock) }
    state.isTaken = false
    pthread_mutex_unlock(lock)
    job.forget()
  }

  /// Wakes threads, and starts new ones if there are too few.
  ///
  /// - Returns: Number of threads that were woken.
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

  /// The endless loop of a thread in the pool.
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

  /// Starts a thread.
  ///
  /// - Returns: Whether the system allowed it.
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
    // Threads inherit the signal mask. Signals are blocked here, so that the thread that reads and writes gets them.
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

  /// The size of a thread's stack. Nothing large is on it, and no recursion is deeper than a tree of 2^32 leaves.
  private static let stackByteCount = 1 << 20
}

/// The numbered work of one `perform` call; each number is taken once.
private final class Job: Sendable {
  private let next = Atomic(0)
  private let count: Int
  /// Set to nil when no thread is working.
  nonisolated(unsafe) private var body: (@Sendable (Int) -> Void)?

  init(count: Int, body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Calls `body` with numbers that no other thread has taken, until none is left.
  func work() {
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      body?(number)
    }
  }

  /// Releases `body`, because threads of the pool may retain the job after `perform` returns.
  func forget() { body = nil }
}
