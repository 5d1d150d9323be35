package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Draw;
import engram.isa.assembler.Assembler;
import engram.isa.verify.Verifier;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Row programs: which rows run, what they read of arrivals, causes and sums.
final class RowInterpreterTest {
  private static final String SOURCE =
      """
      .program row r
      .field  out : s32
      .field  high : s32
      .acc    sum : s32
      .stream value graded
      .trigger first  = pre
      .trigger second = step
              ld    r0, payload
              ld    r1, payload@1
              mul   r1, r1, 10, 0
              add   r0, r0, r1
              cause p1, first
        (p1)  add   r0, r0, 100
              cause p2, second
        (p2)  add   r0, r0, 200
              st    out, r0
              ldacc sum
              nar   r1, 32
              st    high, r1
        (p1)  emit  value, r0
      """;

  /// A row program bound to rows.
  private record Bench(LaneStore store, LongColumn payloads, RowKernel kernel) {
    static Bench of(int rows) {
      var program = Verifier.verify(Assembler.assemble("r.s", SOURCE, Map.of()).program());
      var store = new LaneStore(program.program(), rows);
      var payloads = new LongColumn(rows, 2);
      var surroundings =
          new Surroundings(
              new Registers(new int[0]), new int[0], 0, Draw.base(1, Draw.Kind.ROW, 0), 1);
      var binding = new RowBinding(program, store, payloads, surroundings);
      return new Bench(store, payloads, new Interpreter().row(binding));
    }

    int[] field(int slot, long step) {
      var column = store.ints(slot);
      return Arrays.copyOfRange(column.values(), column.at(step), column.at(step) + store.lanes());
    }
  }

  private final Bench bench = Bench.of(4);

  @Test
  void theRowsGivenRunEachWithItsOwnCauses() {
    bench.kernel().run(new int[] {0, 2, 3}, new int[] {0b01, 0b10, 0b11}, 3, 5);
    assertThat(bench.field(0, 5)).containsExactly(100, 0, 200, 300);
    assertThat(IntStream.range(0, 4).map(r -> bench.store().stream(3).payload(5, r)))
        .containsExactly(100, 0, 0, 300);
  }

  @Test
  void theCountSaysHowManyOfThem() {
    bench.kernel().run(new int[] {0, 2, 3}, new int[] {1, 1, 1}, 2, 5);
    assertThat(bench.field(0, 5)).containsExactly(100, 0, 100, 0);
  }

  @Test
  void arrivalsAreReadAtTheirAge() {
    bench.payloads().values()[bench.payloads().at(5) + 1] = 3;
    bench.payloads().values()[bench.payloads().at(4) + 1] = 2;
    bench.kernel().run(new int[] {1}, new int[] {0}, 1, 5);
    assertThat(bench.field(0, 5)).containsExactly(0, 23, 0, 0);
  }

  /// Synapse programs fill the sum behind the row program of the same step: it reads the last one.
  @Test
  void sumsAreReadInTheStepBehindTheOneThatFilledThem() {
    bench.store().sums(2).values()[bench.store().sums(2).at(4) + 2] = 7L << 32;
    bench.store().sums(2).values()[bench.store().sums(2).at(5) + 2] = 9L << 32;
    bench.kernel().run(new int[] {2}, new int[] {0}, 1, 5);
    assertThat(bench.field(1, 5)).containsExactly(0, 0, 7, 0);
    bench.store().advance(5);
    bench.kernel().run(new int[] {2}, new int[] {0}, 1, 6);
    assertThat(bench.field(1, 6)).containsExactly(0, 0, 9, 0);
    assertThat(bench.store().sums(2).values()[bench.store().sums(2).at(6) + 2]).isZero();
  }

  @Test
  void batchesDoNotShow() {
    var many = Bench.of(1500);
    int[] rows = IntStream.range(0, 1500).filter(r -> r % 7 != 3).toArray();
    int[] fired = IntStream.of(rows).map(r -> r & 3).toArray();
    many.kernel().run(rows, fired, rows.length, 0);
    for (int row = 0; row < 1500; row++) {
      int expected = row % 7 == 3 ? 0 : 100 * (row & 3);
      assertThat(many.field(0, 0)[row]).isEqualTo(expected);
    }
  }
}
