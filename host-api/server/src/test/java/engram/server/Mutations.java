package engram.server;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Changes bytes at random, so that most of what was good stays good.
final class Mutations {
  private static final int[] TELLING = {
    0, 1, -1, 2, 63, 64, 127, 128, 255, 256, 65535, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE
  };
  private static final int MOST_CHANGES = 4;
  private static final int MOST_RANGE = 32;

  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  byte[] of(List<byte[]> seeds) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int i = 0; i < changes && bytes.length > Integer.BYTES; i++) {
      bytes = changed(bytes, seeds);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes, List<byte[]> seeds) {
    int at = random.nextInt(bytes.length);
    int length = Math.min(1 + random.nextInt(MOST_RANGE), bytes.length - at);
    return switch (random.nextInt(8)) {
      case 0 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 1 -> {
        bytes[at] = (byte) random.nextInt();
        yield bytes;
      }
      case 2, 3 -> {
        int value = TELLING[random.nextInt(TELLING.length)];
        for (int i = 0; i < Integer.BYTES && at + i < bytes.length; i++) {
          bytes[at + i] = (byte) (value >> 24 - 8 * i);
        }
        yield bytes;
      }
      case 4 -> spliced(bytes, at, at + length, new byte[0]);
      case 5 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
      case 6 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length);
        yield spliced(
            bytes,
            at,
            at + length,
            Arrays.copyOfRange(other, from, Math.min(other.length, from + length)));
      }
      default -> Arrays.copyOf(bytes, at);
    };
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    byte[] all = new byte[from + between.length + bytes.length - to];
    System.arraycopy(bytes, 0, all, 0, from);
    System.arraycopy(between, 0, all, from, between.length);
    System.arraycopy(bytes, to, all, from + between.length, bytes.length - to);
    return all;
  }
}
