import CPamStream

/// The heap from which the Swift runtime allocates small objects.
package enum ProcessHeap {
  /// Makes all threads use one heap. It has to be called before a second thread starts.
  ///
  /// glibc would give each thread a heap of its own, which takes 64 megabytes or more of address space. If address
  /// space is limited, a thread might then fail to allocate its first object, and the runtime would stop the program.
  package static func shareAmongThreads() {
    pamstream_share_heap()
  }
}
