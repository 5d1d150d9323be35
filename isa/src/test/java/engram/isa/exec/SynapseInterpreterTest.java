package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which synapses run, why, and what they do beyond their own words.
final class SynapseInterpreterTest {
  private static final NumberFormat S8 = NumberFormat.signed(8);

  /// Adds 1 for each trigger that is a cause, so that a second run would show.
  private static final String COUNT =
      """
      .program synapse count
      .post spike
      .trigger arrival = pre
      .trigger pair    = pre and post.spike
      .trigger slow    = every 4
              ld    r0, w
              add   r0, r0, 1
              cause p1, arrival
        (p1)  add   r0, r0, 10
              cause p2, pair
        (p2)  add   r0, r0, 20
              cause p3, slow
        (p3)  add   r0, r0, 40
              st    w, r0
      """;

  private static SynapseBench dense(String source, int rows, int lanes) {
    return new SynapseBench(source, new SynapseLayout.Dense(rows, lanes, null), S8);
  }

  @Test
  void triggersAreOredAndASynapseRunsOnce() {
    var bench = dense(COUNT, 1, 3);
    assertThat(bench.run(0b111, null, new long[] {0b010}, null)).isEqualTo(3);
    assertThat(bench.weightValues()).containsExactly(51, 71, 51);
  }

  @Test
  void withoutATriggerNothingRuns() {
    var bench = dense(COUNT, 2, 3);
    assertThat(bench.run(0)).isZero();
    assertThat(bench.weightValues()).containsOnly(0);
  }

  @Test
  void aTriggerWithAPostSynapticTermRunsTheLanesWhereItHolds() {
    var bench = dense(COUNT, 2, 70);
    long ran = bench.run(0b010, null, new long[] {1L << 63, 1L << 3}, null);
    assertThat(ran).isEqualTo(4);
    int[] weights = bench.weightValues();
    assertThat(IntStream.range(0, 140).filter(i -> weights[i] != 0))
        .containsExactly(63, 67, 70 + 63, 70 + 67);
    assertThat(weights[63]).isEqualTo(21);
  }

  @Test
  void aPostSynapticTermOfATriggerThatDidNotFireIsNoCause() {
    var bench = dense(COUNT, 1, 3);
    bench.run(0b001, null, new long[] {0b111}, null);
    assertThat(bench.weightValues()).containsOnly(11);
  }

  @Test
  void onlyTheRowsThatAreMeantRun() {
    var bench = dense(COUNT, 5, 2);
    assertThat(bench.run(new int[] {4, 0, 2, 3}, 1, 3, 0b100)).isEqualTo(4);
    assertThat(bench.weightValues()).containsExactly(41, 41, 0, 0, 41, 41, 0, 0, 0, 0);
  }

  @Test
  void synapsesThatDoNotExistDoNotRun() {
    var masked = new SynapseLayout.Dense(2, 70, new long[4]);
    masked.set(0, 69, true);
    masked.set(1, 0, true);
    var bench = new SynapseBench(COUNT, masked, S8);
    assertThat(bench.run(0b100)).isEqualTo(2);
    int[] weights = bench.weightValues();
    assertThat(IntStream.range(0, 140).filter(i -> weights[i] != 0)).containsExactly(69, 70);
  }

  @Test
  void aSparseRowHoldsItsSynapsesInOrderOfTarget() {
    var sparse = SparseRows.of(3, 70, new int[] {0, 2, 2, 4}, new int[] {5, 69, 0, 5});
    var bench = new SynapseBench(COUNT, sparse, S8);
    assertThat(bench.run(0b010, null, new long[] {1 << 5, 0}, null)).isEqualTo(2);
    assertThat(bench.weightValues()).containsExactly(21, 0, 0, 21);
  }

  /// More synapses than a batch of the interpreter holds, in uneven rows.
  @Test
  void batchesDoNotShow() {
    var bench = dense(COUNT, 37, 333);
    assertThat(bench.run(0b100)).isEqualTo(37 * 333);
    assertThat(bench.weightValues()).containsOnly(41);
  }

  @Test
  void aRowSumsProductsExactly() {
    String source =
        """
        .program synapse back
        .row    x
        .rowacc sum
        .post   v
        .trigger each = step
                ld     r0, x
                ld     r1, v
                rowadd sum, r0, r1
                rowadd sum, r1, -3
        """;
    var bench = dense(source, 2, 3);
    bench.row("x", 0, Integer.MIN_VALUE);
    bench.row("x", 1, 5);
    bench.neuron(0, Integer.MIN_VALUE);
    bench.neuron(1, 7);
    bench.neuron(2, 1);
    bench.run(1);
    long v = (long) Integer.MIN_VALUE + 8;
    assertThat(bench.sum(0)).isEqualTo((1L << 62) - (8L << 31) - 3 * v);
    assertThat(bench.sum(1)).isEqualTo(5 * v - 3 * v);
  }

  @Test
  void sumsGoOnFromRunToRunOfAStep() {
    String source =
        ".program synapse back\n.rowacc sum\n.trigger each = step\nmov r0, 2\nrowadd sum, r0, 3\n";
    var bench = dense(source, 2, 4);
    bench.run(1);
    bench.run(new int[] {1}, 0, 1, 1);
    assertThat(bench.sum(0)).isEqualTo(24);
    assertThat(bench.sum(1)).isEqualTo(48);
  }

  @Test
  void aPredicatedSumAddsWhereThePredicateHolds() {
    String source =
        """
        .program synapse back
        .rowacc sum
        .trigger each = step
                ld     r0, target
                cmpge  p1, r0, 2
          (p1)  rowadd sum, r0, 100
        """;
    var bench = dense(source, 1, 5);
    bench.run(1);
    assertThat(bench.sum(0)).isEqualTo(100 * (2 + 3 + 4));
  }

  @Test
  void killMarksPlaces() {
    String source =
        """
        .program synapse prune
        .trigger each = step
                ld    r0, w
                cmplt p1, r0, 0
          (p1)  kill
        """;
    var bench = dense(source, 3, 40);
    bench.weights.set(0, -1);
    bench.weights.set(64, -5);
    bench.weights.set(119, -1);
    bench.weights.set(5, 3);
    bench.run(1);
    assertThat(bench.kills).containsExactly(1L, 1L | 1L << (119 - 64));
    assertThat(bench.weights.get(0)).as("a mark, no change").isEqualTo(-1);
  }

  @Test
  void readsRowNeuronArrivalAndItself() {
    String source =
        """
        .program synapse read
        .tag  t : s32
        .row  y
        .post v
        .trigger each = step
                ld  r0, y
                ld  r1, y@1
                mul r1, r1, 10, 0
                add r0, r0, r1
                ld  r1, v
                mul r1, r1, 100, 0
                add r0, r0, r1
                ld  r1, payload
                mul r1, r1, 1000, 0
                add r0, r0, r1
                ld  r1, source
                mul r1, r1, 10000, 0
                add r0, r0, r1
                ld  r1, target
                mul r1, r1, 100000, 0
                add r0, r0, r1
                st  t, r0
        """;
    var bench = dense(source, 3, 2);
    bench.firstTarget = 7;
    bench.row("y", 2, 1);
    bench.rows.advance(0);
    bench.post.advance(0);
    bench.step = 1;
    bench.row("y", 2, 3);
    bench.neuron(1, 4);
    bench.payloads.values()[bench.payloads.at(1) + 2] = 5;
    bench.run(1);
    assertThat(bench.tag("t").get(2 * 2 + 1)).isEqualTo(3 + 10 + 400 + 5000 + 20000 + 800000);
    assertThat(bench.tag("t").get(0)).isEqualTo(700000);
  }

  @Test
  void arrivalsSaturateTo32Bits() {
    String source =
        ".program synapse read\n.tag t : s32\n.trigger each = step\nld r0, payload\nst t, r0\n";
    var bench = dense(source, 2, 1);
    bench.payloads.values()[0] = 1L << 40;
    bench.payloads.values()[1] = -1L << 40;
    bench.run(1);
    assertThat(bench.tag("t").get(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(bench.tag("t").get(1)).isEqualTo(Integer.MIN_VALUE);
  }
}
