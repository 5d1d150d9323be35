package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import engram.isa.compile.CompiledEngine;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Integration of every engine, layout and width, against sums over all pairs of a row and a lane.
final class IntegratorTest {
  private static final int STEPS = 4;
  private static final long PRESENT = 6;

  private enum Payloads {
    ONES,
    SIGNS,
    SMALL,
    LARGE
  }

  private static Stream<Engine> engines() {
    Stream<Engine> plain = Stream.of(new Interpreter(), new CompiledEngine(false));
    return CompiledEngine.hasVectors()
        ? Stream.concat(plain, Stream.of(new CompiledEngine()))
        : plain;
  }

  static Stream<Arguments> cases() {
    return engines()
        .flatMap(engine ->
            IntStream.of(1, 2, 3, 4, 7, 8, 9, 12, 16, 24)
                .boxed()
                .flatMap(bits ->
                    Stream.of(true, false)
                        .filter(signed -> bits > 1 || !signed)
                        .map(signed -> Arguments.of(engine, new NumberFormat(signed, bits, 0)))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sumsAreThoseOfAllPairs(Engine engine, NumberFormat format) {
    for (int seed = 0; seed < 60; seed++) {
      var random = new SplittableRandom(31L * seed + format.bits());
      int rows = 1 + random.nextInt(random.nextBoolean() ? 8 : 200);
      int lanes = 1 + random.nextInt(random.nextBoolean() ? 40 : 700);
      var layout = layout(rows, lanes, random);
      var weights =
          random.nextBoolean()
              ? SynapseColumn.of(format, layout.places())
              : SynapseColumn.fixed(format, layout);
      fill(weights, layout, format, random);
      for (var payloads : Payloads.values()) {
        check(engine, layout, weights, format, payloads, random, "seed " + seed);
      }
    }
  }

  private static SynapseLayout layout(int rows, int lanes, SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new SynapseLayout.Dense(rows, lanes, null);
      case 1 -> {
        var dense =
            new SynapseLayout.Dense(rows, lanes, new long[rows * StreamColumn.words(lanes)]);
        for (int row = 0; row < rows; row++) {
          for (int lane = 0; lane < lanes; lane++) {
            dense.set(row, lane, random.nextInt(3) > 0);
          }
        }
        yield dense;
      }
      case 2 -> {
        int[] starts = new int[rows + 1];
        var targets = IntStream.builder();
        for (int row = 0; row < rows; row++) {
          int often = 1 + random.nextInt(20);
          for (int lane = 0; lane < lanes; lane++) {
            if (random.nextInt(often) == 0) {
              targets.add(lane);
              starts[row + 1]++;
            }
          }
          starts[row + 1] += starts[row];
        }
        yield SparseRows.of(rows, lanes, starts, targets.build().toArray());
      }
      default -> {
        int span = Math.min(lanes, 9);
        int[] offsets = IntStream.range(0, span).toArray();
        int[] entries = IntStream.range(0, span).map(_ -> random.nextInt(5)).toArray();
        int[] pattern = IntStream.range(0, rows).map(_ -> random.nextInt(2) - 1).toArray();
        int[] base = IntStream.range(0, rows).map(_ -> random.nextInt(lanes - span + 1)).toArray();
        yield new SynapseLayout.Shared(
            rows, lanes, 5, base, pattern, new int[] {0, span}, offsets, entries);
      }
    };
  }

  /// Weights of all sizes, or all as large as possible, so that partial sums are too.
  private static void fill(
      SynapseColumn weights, SynapseLayout layout, NumberFormat format, SplittableRandom random) {
    int high = format.max();
    int low = format.signed() ? -high : 0;
    int style = random.nextInt(3);
    for (int row = 0; row < layout.rows(); row++) {
      layout.forEach(
          row,
          (_, place) ->
              weights.set(
                  place,
                  switch (style) {
                    case 0 -> high;
                    case 1 -> low;
                    default -> random.nextInt(low, high + 1);
                  }));
    }
  }

  private static void check(
      Engine engine,
      SynapseLayout layout,
      SynapseColumn weights,
      NumberFormat format,
      Payloads kind,
      SplittableRandom random,
      String as) {
    int rows = layout.rows();
    int lanes = layout.lanes();
    int[] order = IntStream.range(0, rows).filter(_ -> random.nextInt(3) > 0).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    var payloads = new LongColumn(rows, STEPS);
    int payloadsAt = payloads.at(PRESENT);
    for (int row : order) {
      payloads.values()[payloadsAt + row] = payload(kind, random);
    }
    long[] expected = IntStream.range(0, lanes).mapToLong(_ -> random.nextInt(-9, 10)).toArray();
    var narrow = new IntColumn(lanes, STEPS, true, 0);
    Arrays.fill(narrow.values(), 77);
    long[] wide = new long[Padding.lanes(lanes)];
    for (int lane = 0; lane < lanes; lane++) {
      narrow.values()[narrow.at(PRESENT) + lane] = (int) expected[lane];
      wide[lane] = expected[lane];
    }
    for (int row : order) {
      long payload = payloads.values()[payloadsAt + row];
      for (int lane = 0; lane < lanes; lane++) {
        int place = layout.place(row, lane);
        expected[lane] += place < 0 ? 0 : weights.get(place) * payload;
      }
    }
    var integrator = engine.integrator(layout, weights, format.max());
    integrator.addWide(order, order.length, payloads.values(), payloadsAt, wide);
    assertThat(Arrays.copyOf(wide, lanes)).as(as + ", 64 bits").isEqualTo(expected);
    if (Arrays.stream(expected).allMatch(sum -> (int) sum == sum) && kind != Payloads.LARGE) {
      if (kind == Payloads.ONES) {
        integrator.addOnes(order, order.length, narrow.values(), narrow.at(PRESENT));
      } else {
        integrator.add(
            order,
            order.length,
            payloads.values(),
            payloadsAt,
            narrow.values(),
            narrow.at(PRESENT));
      }
      for (long step = PRESENT - 3; step <= PRESENT; step++) {
        for (int lane = 0; lane < lanes; lane++) {
          assertThat((long) narrow.values()[narrow.at(step) + lane])
              .as(as + ", " + kind + ", step " + step + ", lane " + lane)
              .isEqualTo(step == PRESENT ? expected[lane] : 77);
        }
      }
    }
  }

  private static long payload(Payloads kind, SplittableRandom random) {
    return switch (kind) {
      case ONES -> 1;
      case SIGNS -> random.nextBoolean() ? 1 : -1;
      case SMALL -> random.nextInt(-40, 41);
      case LARGE -> random.nextLong(-(1L << 34), 1L << 34);
    };
  }

  @Test
  void everyEngineFindsTheLanesThatAreNotZero() {
    for (var engine : engines().toList()) {
      for (int seed = 0; seed < 200; seed++) {
        var random = new SplittableRandom(seed);
        int lanes = 1 + random.nextInt(300);
        var column = new IntColumn(lanes, 2, true, 5);
        int at = column.at(PRESENT);
        long[] bits = new long[StreamColumn.words(lanes)];
        long[] expected = bits.clone();
        for (int lane = 0; lane < lanes; lane++) {
          int value = random.nextInt(3) == 0 ? random.nextInt() : 0;
          column.values()[at + lane] = value;
          boolean before = random.nextInt(5) == 0;
          long bit = 1L << lane;
          bits[lane >> 6] |= before ? bit : 0;
          expected[lane >> 6] |= before || value != 0 ? bit : 0;
        }
        engine.laneScan().orNonZero(column.values(), at, lanes, bits);
        assertThat(bits).as(engine.name() + ", seed " + seed).isEqualTo(expected);
      }
    }
  }

  @Test
  void everyEngineListsTheLanesThatAreMeant() {
    for (var engine : engines().toList()) {
      for (int seed = 0; seed < 400; seed++) {
        var random = new SplittableRandom(seed);
        int lanes = 1 + random.nextInt(300);
        int at = random.nextInt(3);
        long[] bits = new long[at + StreamColumn.words(lanes)];
        int rarity = 1 + random.nextInt(20);
        for (int word = at; word < bits.length; word++) {
          for (int lane = 0; lane < 64; lane++) {
            bits[word] |= random.nextInt(rarity) == 0 ? 1L << lane : 0;
          }
        }
        int first = random.nextInt(lanes);
        int end = random.nextInt(first, lanes) + 1;
        int shift = random.nextInt(-first, 1_000);
        int before = random.nextInt(4);
        int[] expected =
            IntStream.concat(
                    IntStream.range(0, before).map(i -> -i),
                    IntStream.range(first, end)
                        .filter(lane -> (bits[at + lane / 64] >>> lane % 64 & 1) == 1)
                        .map(lane -> lane + shift))
                .toArray();
        int[] list = new int[Padding.list(before + end - first)];
        Arrays.setAll(list, i -> -i);
        int behind = engine.laneScan().list(bits, at, first, end, shift, list, before);
        assertThat(Arrays.copyOf(list, behind))
            .as("%s, seed %d", engine.name(), seed)
            .isEqualTo(expected);
      }
    }
  }
}
