package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What programs read of the past, over many steps, against a diary of what was there.
final class HistoryTest {
  private static final int STEPS = 150;
  private static final int LANES = 3;

  private static String source(int history) {
    return """
    .program neuron n
    .acc    in : s32 history H
    .acc    held : s32 hold history H
    .field  v : s32 history H
    .stream spike history H
    .stream value graded history H
    .global age : u6
    .field  in_then : s32
    .field  held_then : s32
    .field  v_then : s32
    .field  spike_then : s32
    .field  value_then : s32
            ld    r0, in
            st    v, r0
            cmpgt p1, r0, 0
      (p1)  emit  spike
      (p1)  emit  value, r0
            ld    r0, in@OLD
            st    in_then, r0
            ld    r0, held@OLD
            st    held_then, r0
            ld    r0, v@OLD
            st    v_then, r0
            ld    r0, spike@OLD
            st    spike_then, r0
            ld    r0, value@OLD
            st    value_then, r0
    """
        .replace("H", String.valueOf(history))
        .replace("@OLD", "@" + (history == 64 ? "age" : String.valueOf(history - 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 63})
  void everySymbolIsReadAsItWasAtItsOldestAge(int history) {
    var bench = new NeuronBench(source(history), LANES);
    var random = new Random(history);
    int[][] in = new int[STEPS][];
    for (int step = 0; step < STEPS; step++) {
      in[step] = random.ints(LANES, -9, 10).toArray();
      check(bench, in, step, step - history + 1);
    }
  }

  @Test
  void theAgeCanBeARegister() {
    var bench = new NeuronBench(source(64), LANES);
    var random = new Random(64);
    int[][] in = new int[STEPS][];
    for (int step = 0; step < STEPS; step++) {
      int age = random.nextInt(64);
      bench.register("age", age);
      in[step] = random.ints(LANES, -9, 10).toArray();
      check(bench, in, step, step - age);
    }
  }

  /// Runs a step with what arrives in it, and compares what was read with what arrived then.
  private static void check(NeuronBench bench, int[][] in, int step, int then) {
    bench.set("in", in[step]);
    int[] held = bench.get("held");
    bench.set("held", IntStream.range(0, LANES).map(l -> held[l] + in[step][l]).toArray());
    bench.run();
    int[] expected = then < 0 ? new int[LANES] : in[then];
    int[] sums = new int[LANES];
    for (int s = 0; s <= then; s++) {
      for (int lane = 0; lane < LANES; lane++) {
        sums[lane] += in[s][lane];
      }
    }
    assertThat(bench.get("in_then")).isEqualTo(expected);
    assertThat(bench.get("held_then")).isEqualTo(sums);
    assertThat(bench.get("v_then")).isEqualTo(expected);
    assertThat(bench.get("spike_then"))
        .isEqualTo(IntStream.of(expected).map(v -> v > 0 ? 1 : 0).toArray());
    assertThat(bench.get("value_then"))
        .isEqualTo(IntStream.of(expected).map(v -> Math.max(v, 0)).toArray());
    bench.next();
  }

  @Test
  void fieldsStartAtTheirInitialValueAndStreamsWithoutEvent() {
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field  v : s16 history 3 = 9
            .stream spike history 3
            .field  out : s16
            .field  events : s16
                    ld r0, v@2
                    st out, r0
                    ld r0, spike@2
                    st events, r0
            """,
            2);
    bench.run();
    assertThat(bench.get("out")).containsOnly(9);
    assertThat(bench.get("events")).containsOnly(0);
  }

  @Test
  void aResetBringsBackWhatWasInTheBeginningButLeavesParameters() {
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field  v : s16 history 2 = 9
            .param  k : s16 = 4
            .acc    in : s16
            .stream spike history 2
                    st   v, 1
                    emit spike
            """,
            2);
    bench.set("k", 7).set("in", 3).run();
    bench.next();
    bench.run();
    bench.store.reset();
    assertThat(bench.get("v")).containsOnly(9);
    assertThat(bench.get("k")).containsOnly(7);
    assertThat(bench.get("in")).containsOnly(0);
    assertThat(bench.events("spike")).containsOnly(0);
    bench.next();
    assertThat(bench.store.stream(3).payload(bench.step - 1, 0)).isZero();
  }
}
