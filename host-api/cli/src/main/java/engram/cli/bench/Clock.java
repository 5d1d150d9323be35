package engram.cli.bench;

import java.lang.management.ManagementFactory;

/// Wall time and the processor time of the calling thread.
record Clock(long wallNanos, long cpuNanos) {
  static Clock now() {
    return new Clock(
        System.nanoTime(), ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  double wallSeconds() {
    return (System.nanoTime() - wallNanos) * 1e-9;
  }

  double cpuSeconds() {
    return (now().cpuNanos - cpuNanos) * 1e-9;
  }
}
