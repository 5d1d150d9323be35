package engram.events;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts what this thread allocates.
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  static long bytesOfOne(Runnable work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /// Bytes that the least of ten rounds of the work allocates, after one that is not counted.
  static long bytesOf(Runnable work) {
    work.run();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      least = Math.min(least, bytesOfOne(work));
    }
    return least;
  }
}
