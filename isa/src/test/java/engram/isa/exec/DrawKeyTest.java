package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.testing.DrawOracle;
import engram.isa.verify.Verifier;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A draw belongs to seed, kind, population, clock, site and lane, and to nothing else.
final class DrawKeyTest {
  private static final String DRAW =
      """
      .program neuron n
      .field out : s32
              draw r0, 31
              st   out, r0
      """;

  private static int top(long seed, Draw.Kind kind, int ordinal, long clock, int site, int lane) {
    return DrawOracle.bits(seed, kind, ordinal, clock, site, BigInteger.valueOf(lane))
        .shiftRight(1)
        .intValueExact();
  }

  private static int[] lanes(NeuronBench bench) {
    return bench.run().get("out");
  }

  @Test
  void everyLaneDrawsByItsLogicalIndex() {
    var bench = new NeuronBench(DRAW, 1300);
    bench.seed = -5;
    bench.ordinal = 3;
    bench.firstIndex = 1000;
    bench.registers.setClock(0, 7L << 32 | 11);
    int[] out = lanes(bench);
    for (int lane = 0; lane < out.length; lane++) {
      assertThat(out[lane]).isEqualTo(top(-5, Draw.Kind.NEURON, 3, 7L << 32 | 11, 0, 1000 + lane));
    }
  }

  /// The slice that a core holds does not show in what its neurons draw.
  @Test
  void slicesDrawWhatTheWholePopulationDraws() {
    int[] whole = lanes(new NeuronBench(DRAW, 700));
    var slice = new NeuronBench(DRAW, 300);
    slice.firstIndex = 400;
    assertThat(lanes(slice)).isEqualTo(Arrays.copyOfRange(whole, 400, 700));
  }

  @Test
  void inactiveLanesDoNotShiftTheDrawsOfOthers() {
    int[] all = lanes(new NeuronBench(DRAW, 130));
    var some = new NeuronBench(DRAW, 130);
    some.run(new long[] {0x8000_0000_0000_0001L, 0x10, 2});
    assertThat(some.get("out")[0]).isEqualTo(all[0]);
    assertThat(some.get("out")[63]).isEqualTo(all[63]);
    assertThat(some.get("out")[68]).isEqualTo(all[68]);
    assertThat(some.get("out")[129]).isEqualTo(all[129]);
    assertThat(IntStream.of(some.get("out")).filter(v -> v != 0)).hasSize(4);
  }

  @Test
  void eachPartOfTheKeyMatters() {
    int[] base = lanes(new NeuronBench(DRAW, 20));
    var seed = new NeuronBench(DRAW, 20);
    seed.seed = 2;
    var ordinal = new NeuronBench(DRAW, 20);
    ordinal.ordinal = 1;
    var clock = new NeuronBench(DRAW, 20);
    clock.registers.setClock(0, 1);
    var sample = new NeuronBench(DRAW, 20);
    sample.registers.setClock(0, 1L << 32);
    var site = new NeuronBench(DRAW.replace("draw r0, 31", "draw r0, 31\ndraw r0, 31"), 20);
    for (var other : new NeuronBench[] {seed, ordinal, clock, sample, site}) {
      int[] out = lanes(other);
      assertThat(IntStream.range(0, 20).filter(i -> out[i] == base[i]).count()).isZero();
    }
  }

  @Test
  void theSameKeyDrawsTheSameAgain() {
    var bench = new NeuronBench(DRAW, 50);
    assertThat(lanes(bench)).isEqualTo(lanes(bench));
  }

  @Test
  void aPopulationWithALagSeesTheClockLater() {
    var bench = new NeuronBench(DRAW, 5);
    bench.lag = 2;
    bench.registers.setClock(0, 900);
    bench.next();
    bench.next();
    assertThat(lanes(bench)[0]).isEqualTo(top(1, Draw.Kind.NEURON, 0, 900, 0, 0));
    bench.next();
    assertThat(lanes(bench)[0]).isEqualTo(top(1, Draw.Kind.NEURON, 0, 901, 0, 0));
  }

  @Test
  void anOriginKeysDrawsWithTheClockOfThen() {
    var bench = new NeuronBench(DRAW.replace(".field", ".origin 3\n.field"), 5);
    bench.lag = 1;
    bench.registers.setClock(0, 70);
    for (int i = 0; i < 4; i++) {
      bench.next();
    }
    assertThat(lanes(bench)[4]).isEqualTo(top(1, Draw.Kind.NEURON, 0, 70, 0, 4));
  }

  /// The site is the place among the drawing instructions of the source, in whatever lanes and
  /// however often they draw.
  @Test
  void aDrawThatIsPredicatedAwayKeepsItsSite() {
    String source =
        """
        .program neuron n
        .field which : u1
        .field out : s32
                ld    r0, which
                cmpne p1, r0, 0
          (p1)  draw  r1, 5
          (p1)  bern  p2, 9, 5
          (p1)  mul   r1, r0, 3, 1, stochastic
          (!p1) shr   r1, r0, 1, stochastic
                mul   r1, r0, 3, 1, nearest
                draw  r1, 31
                st    out, r1
        """;
    var bench = new NeuronBench(source, 30).set("which", 0, 1).run();
    int[] out = bench.get("out");
    for (int lane = 0; lane < out.length; lane++) {
      assertThat(out[lane]).isEqualTo(top(1, Draw.Kind.NEURON, 0, 0, 4, lane));
    }
  }

  @Test
  void sitesGoOnBehindABarrier() {
    String source =
        """
        .program neuron n
        .field out : s32
        .group pool
                draw   r0, 4
                bid    r0
                reduce max, pool
                draw   r0, 31
                st     out, r0
        """;
    assertThat(lanes(new NeuronBench(source, 3))[2])
        .isEqualTo(top(1, Draw.Kind.NEURON, 0, 0, 1, 2));
  }

  @Test
  void drawGivesTheTopBitsAndBernComparesThem() {
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field few : s32
            .field hits : s32
                    draw  r0, 3
                    st    few, r0
                    bern  p1, 100, 8
                    mov   r1, 0
              (p1)  mov   r1, 1
                    st    hits, r1
            """,
            5000);
    bench.run();
    int[] few = bench.get("few");
    int[] hits = bench.get("hits");
    for (int lane = 0; lane < 5000; lane++) {
      assertThat(few[lane]).isEqualTo(top(1, Draw.Kind.NEURON, 0, 0, 0, lane) >> 28);
      boolean hit = top(1, Draw.Kind.NEURON, 0, 0, 1, lane) >> 23 < 100;
      assertThat(hits[lane]).isEqualTo(hit ? 1 : 0);
    }
    // Five standard deviations of a binomial with p = 100 / 256.
    double mean = 5000 * 100 / 256.0;
    assertThat((double) IntStream.of(hits).sum())
        .isBetween(mean - 5 * Math.sqrt(mean * 156 / 256), mean + 5 * Math.sqrt(mean * 156 / 256));
  }

  /// Stochastic rounding, as programs see it: the mean of many lanes is the exact quotient.
  @Test
  void stochasticRoundingHasTheRightMean() {
    int lanes = 200_000;
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field x : s32
            .field out : s32
                    ld   r0, x
                    mul  r0, r0, 7, 10, stochastic
                    st   out, r0
            """,
            lanes);
    for (int x : new int[] {1, 100, -100, 777, -1_000_003}) {
      double mean = IntStream.of(bench.set("x", x).run().get("out")).average().orElseThrow();
      double exact = 7.0 * x / 1024;
      double fraction = exact - Math.floor(exact);
      double error = Math.sqrt(fraction * (1 - fraction) / lanes);
      assertThat(mean).isBetween(exact - 5 * error, exact + 5 * error);
    }
  }

  private static final String SYNAPSE =
      """
      .program synapse s
      .tag out : s32
      .trigger each = step
              draw r0, 31
              st   out, r0
      """;

  private static int synapse(int ordinal, int source, int target) {
    return DrawOracle.bits(
            1, Draw.Kind.SYNAPSE, ordinal, 0, 0, DrawOracle.synapseLane(source, target))
        .shiftRight(1)
        .intValueExact();
  }

  @Test
  void aSynapseDrawsBySourceAndTarget() {
    var bench =
        new SynapseBench(SYNAPSE, new SynapseLayout.Dense(7, 100, null), NumberFormat.signed(8));
    bench.firstTarget = 300;
    bench.ordinal = 2;
    bench.run(1);
    for (int row = 0; row < 7; row++) {
      for (int lane = 0; lane < 100; lane++) {
        assertThat(bench.tag("out").get(row * 100 + lane)).isEqualTo(synapse(2, row, 300 + lane));
      }
    }
  }

  /// Layout, and which rows run together, do not show in the draws.
  @Test
  void aSparseRowDrawsAsADenseOneDoes() {
    int[] starts = {0, 2, 2, 5};
    int[] targets = {0, 3, 1, 2, 4};
    var bench =
        new SynapseBench(SYNAPSE, SparseRows.of(3, 5, starts, targets), NumberFormat.signed(8));
    bench.run(new int[] {2, 0}, 0, 2, 1);
    assertThat(bench.tag("out").get(1)).isEqualTo(synapse(0, 0, 3));
    assertThat(bench.tag("out").get(4)).isEqualTo(synapse(0, 2, 4));
  }

  /// Rows of a mirror are targets of its original: both copies draw the same for one synapse.
  @Test
  void aMirrorDrawsWhatItsOriginalDraws() {
    var original =
        new SynapseBench(SYNAPSE, new SynapseLayout.Dense(4, 6, null), NumberFormat.signed(8));
    var mirror =
        new SynapseBench(SYNAPSE, new SynapseLayout.Dense(6, 4, null), NumberFormat.signed(8));
    mirror.mirror = true;
    original.run(1);
    mirror.run(1);
    for (int source = 0; source < 4; source++) {
      for (int target = 0; target < 6; target++) {
        assertThat(mirror.tag("out").get(target * 4 + source))
            .isEqualTo(original.tag("out").get(source * 6 + target));
      }
    }
  }

  @Test
  void rowsDrawUnderTheirOwnKind() {
    var program =
        Verifier.verify(
            Assembler.assemble(
                    "r.s",
                    """
                    .program row r
                    .field out : s32
                    .trigger each = step
                            draw r0, 31
                            st   out, r0
                    """,
                    Map.of())
                .program());
    var store = new LaneStore(program.program(), 9);
    var surroundings =
        new Surroundings(
            new Registers(new int[0]), new int[0], 0, Draw.base(6, Draw.Kind.ROW, 4), 1);
    new Interpreter()
        .row(new RowBinding(program, store, new LongColumn(9, 1), surroundings))
        .run(new int[] {2, 8}, new int[] {1, 1}, 2, 0);
    assertThat(java.util.Arrays.copyOf(store.ints(0).values(), 9))
        .containsExactly(
            0,
            0,
            top(6, Draw.Kind.ROW, 4, 0, 0, 2),
            0,
            0,
            0,
            0,
            0,
            top(6, Draw.Kind.ROW, 4, 0, 0, 8));
  }

  @Test
  void synapseLanesAreThoseOfTheOracle() {
    var random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      int source = random.nextInt(1 << 20);
      int target = random.nextInt(1 << 20);
      assertThat(Integer.toUnsignedLong(Draw.synapseLane(source, target)))
          .isEqualTo(DrawOracle.synapseLane(source, target).longValueExact());
    }
  }
}
