package engram.isa.testing;

import java.util.Random;
import java.util.stream.IntStream;

/// Operands at which arithmetic goes wrong first.
public final class Edges {
  /// Ends of the range, zero and its neighbours, shift amounts in and out of range, powers of two
  /// and their neighbours.
  private static final int[] VALUES = {
    Integer.MIN_VALUE,
    Integer.MIN_VALUE + 1,
    -(1 << 30),
    -32768,
    -3,
    -2,
    -1,
    0,
    1,
    2,
    3,
    16,
    30,
    31,
    32,
    63,
    64,
    255,
    32767,
    65536,
    1 << 30,
    Integer.MAX_VALUE - 1,
    Integer.MAX_VALUE,
  };

  private Edges() {}

  public static int[] values() {
    return VALUES.clone();
  }

  public static int pick(Random random) {
    return VALUES[random.nextInt(VALUES.length)];
  }

  /// An edge, a small number, or any number.
  public static int mixed(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> pick(random);
      case 1 -> random.nextInt(-40, 41);
      case 2 -> random.nextInt() >> random.nextInt(32);
      default -> random.nextInt();
    };
  }

  /// All pairs of edges, the first of each pair.
  public static int[] pairsFirst() {
    return IntStream.range(0, VALUES.length * VALUES.length)
        .map(i -> VALUES[i / VALUES.length])
        .toArray();
  }

  /// All pairs of edges, the second of each pair.
  public static int[] pairsSecond() {
    return IntStream.range(0, VALUES.length * VALUES.length)
        .map(i -> VALUES[i % VALUES.length])
        .toArray();
  }
}
