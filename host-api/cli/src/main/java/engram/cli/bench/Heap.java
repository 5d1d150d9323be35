package engram.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// The heap of this Java virtual machine.
final class Heap {
  /// Collections after which nothing is left to collect.
  private static final int COLLECTIONS = 3;

  /// Part of the heap that the parallel collector gives to what lives long.
  private static final double OLD = 2.0 / 3;

  private Heap() {}

  /// Bytes in use, garbage left out.
  static long used() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /// Bytes of main memory that the whole process takes, garbage and compiled code included; where
  /// the system tells.
  static OptionalLong resident() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// Bytes that large arrays can take.
  static long room() {
    return (long) (OLD * Runtime.getRuntime().maxMemory());
  }

  /// The option that makes room for so many bytes.
  static String optionFor(long bytes) {
    return "ENGRAM_JAVA_OPTS=-Xmx%dg".formatted((long) Math.ceil(bytes / OLD / (1 << 30)));
  }
}
