import CPamStream

/// The heap that the Swift runtime takes small objects from.
package enum ProcessHeap {
  /// Has all threads take from one heap. glibc would give each thread its own, of 64 megabytes or more of address space;
  /// under a limit the first object of a thread would find none, and the runtime stop the program.
  ///
  /// To be called before there is a second thread.
  package static func shareAmongThreads() {
    pamstream_share_heap()
  }
}
