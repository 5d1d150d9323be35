package engram.isa.testing;

import engram.isa.Draw;
import java.math.BigInteger;

/// The draw function as docs/random.md defines it, in unbounded integers: a second implementation
/// to judge the first by.
public final class DrawOracle {
  private static final BigInteger GOLDEN = new BigInteger("9e3779b97f4a7c15", 16);
  private static final BigInteger SPREAD = new BigInteger("9e3779b1", 16);

  private DrawOracle() {}

  /// The 32 random bits of a key, 0 to 2^32 - 1.
  public static BigInteger bits(
      long seed, Draw.Kind kind, int ordinal, long clock, int site, BigInteger lane) {
    var base = mix(low(mix(low(unsigned(seed).add(GOLDEN), 64)).xor(number(kind, ordinal)), 64));
    var clocked = mix(low(base.add(unsigned(clock).multiply(GOLDEN)), 64));
    var sited = BigInteger.valueOf(site + 1L).multiply(GOLDEN);
    return finish(mix(clocked.xor(low(sited, 64))), low(lane, 32));
  }

  /// The lane of a synapse.
  public static BigInteger synapseLane(int source, int target) {
    return low(SPREAD.multiply(BigInteger.valueOf(source)).add(BigInteger.valueOf(target)), 32);
  }

  private static BigInteger number(Draw.Kind kind, int ordinal) {
    long place =
        switch (kind) {
          case NEURON -> 1;
          case ROW -> 2;
          case SYNAPSE -> 3;
          case INIT -> 4;
          case REWIRE -> 5;
          case FLIP -> 6;
          case LOSS -> 7;
        };
    return BigInteger.valueOf(place).shiftLeft(32).add(BigInteger.valueOf(ordinal));
  }

  private static BigInteger finish(BigInteger key, BigInteger lane) {
    var x = low(lane.add(low(key, 32)), 32);
    x = low(x.xor(x.shiftRight(16)).multiply(new BigInteger("21f0aaad", 16)), 32);
    x = low(x.xor(x.shiftRight(15)).add(key.shiftRight(32)), 32);
    x = low(x.multiply(new BigInteger("d35a2d97", 16)), 32);
    return x.xor(x.shiftRight(15));
  }

  private static BigInteger mix(BigInteger z) {
    var x = low(z.xor(z.shiftRight(30)).multiply(new BigInteger("bf58476d1ce4e5b9", 16)), 64);
    x = low(x.xor(x.shiftRight(27)).multiply(new BigInteger("94d049bb133111eb", 16)), 64);
    return x.xor(x.shiftRight(31));
  }

  private static BigInteger low(BigInteger x, int bits) {
    return x.mod(Exact.power(bits));
  }

  private static BigInteger unsigned(long x) {
    return low(BigInteger.valueOf(x), 64);
  }
}
