package engram.cli.bench;

import java.io.IOException;
import java.util.List;

/// A kind of thing to measure. To add one, write a class and name it in `BenchCases`.
interface BenchCase {
  /// The letter that `--case` takes.
  String letter();

  /// What it is, in a line.
  String title();

  /// Names of its measurements. Each is taken in a Java virtual machine of its own.
  List<String> variants();

  /// Bytes of heap that a measurement needs, where that is more than a small machine has.
  default long heapBytes(Setting setting) {
    return 0;
  }

  /// The factor on neurons that makes the heap it needs smaller by a factor.
  default double scaleFor(double factor) {
    return factor;
  }

  /// Takes a measurement.
  Measurement run(String variant, Setting setting) throws IOException;
}
