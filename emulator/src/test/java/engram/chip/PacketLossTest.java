package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.fault.Fault;
import engram.chip.fault.PacketLoss;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Counter;
import engram.isa.Draw;
import engram.isa.image.ProjectionImage.Line;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Events that get lost on their way.
final class PacketLossTest {
  private static final String COUNT =
      """
      .program neuron count
      .acc    in : s24
      .field  v  : s24
      .stream spike
              ld    r0, in
              ld    r1, v
              add   r1, r1, r0
              st    v, r1
      """;

  private static final String PULSE =
      """
      .program neuron pulse
      .acc    in : s16
      .stream spike
      .stream value graded
              mov   r0, 5
              cmpne p1, r0, 0
        (p1)  emit  spike
        (p1)  emit  value, r0
      """;

  private static final int N = 64;

  /// Sources that emit in every step, each to one neuron: one by a plain spike, then, with another
  /// sign and delay, by a graded one.
  ///
  /// @param sources cores of the sources
  /// @param targets cores of the targets
  private static TestImage pairs(int[] sources, int... targets) {
    return new TestImage()
        .population("source", N, PULSE, sources)
        .population("plain", N, COUNT, targets)
        .population("graded", N, COUNT, targets)
        .projection("p", "source", "plain", "in", TestImage.oneToOne(N, 1))
        .projection(
            "q",
            "source",
            "graded",
            "in",
            TestImage.oneToOne(N, 1),
            p -> p.lines = List.of(new Line("spike", 1, 3), new Line("value", -1, 2)));
  }

  private static TestImage pairs() {
    return pairs(new int[] {0}, 1, 2);
  }

  private static boolean lost(PacketLoss loss, int projection, long step, int line, int source) {
    long base = Draw.base(loss.seed(), Draw.Kind.LOSS, projection);
    long key = Draw.atSite(Draw.atClock(base, step), line);
    return Integer.toUnsignedLong(Draw.bits(key, source)) < loss.probability();
  }

  /// Event by event, by the key that the manual has.
  @Test
  void losesTheEventsThatTheKeySays() {
    var loss = PacketLoss.everywhere(0.3, 99, 4, 20);
    try (var chip = pairs().load()) {
      chip.inject(loss);
      chip.run(30);
      int[] plain = new int[N];
      int[] graded = new int[N];
      long lost = 0;
      for (int i = 0; i < N; i++) {
        for (int step = 0; step < 29; step++) {
          boolean holds = step >= 4 && step < 20;
          boolean missed = holds && lost(loss, 0, step, 0, i);
          plain[i] += missed ? 0 : 1;
          lost += missed ? 1 : 0;
          missed = holds && lost(loss, 1, step, 0, i);
          graded[i] += missed || step + 3 > 29 ? 0 : 1;
          lost += missed ? 1 : 0;
          missed = holds && lost(loss, 1, step, 1, i);
          graded[i] -= missed || step + 2 > 29 ? 0 : 5;
          lost += missed ? 1 : 0;
        }
      }
      assertThat(chip.read("plain", "v")).isEqualTo(plain);
      assertThat(chip.read("graded", "v")).isEqualTo(graded);
      // Routes lead all sources to both cores, so each loss is missed twice.
      assertThat(chip.count(Counter.EVENTS_LOST)).isEqualTo(2 * lost);
    }
  }

  @Test
  void theRateIsTheProbability() {
    for (double p : new double[] {0.001, 0.1, 0.5, 0.97}) {
      for (long seed = 1; seed <= 3; seed++) {
        try (var chip = pairs().load()) {
          chip.inject(PacketLoss.everywhere(p, seed, 0, Fault.FOREVER));
          int steps = 400;
          chip.run(steps + 1);
          double all = (double) N * steps;
          double got = Arrays.stream(chip.read("plain", "v")).sum();
          double deviation = Math.sqrt(all * p * (1 - p));
          assertThat(all - got)
              .as("p %s, seed %d", p, seed)
              .isBetween(all * p - 4.5 * deviation, all * p + 4.5 * deviation);
        }
      }
    }
  }

  @Test
  void probabilityZeroIsNoFaultAndOneIsACut() {
    for (int toCore : new int[] {PacketLoss.ANY, 2}) {
      try (var chip = pairs().load();
          var well = pairs().load()) {
        chip.inject(new PacketLoss(0, 1, PacketLoss.ANY, toCore, 0, Fault.FOREVER));
        chip.run(20);
        well.run(20);
        assertThat(chip.stateDigest()).isEqualTo(well.stateDigest());
        assertThat(chip.costDigest()).isEqualTo(well.costDigest());
      }
    }
    try (var chip = pairs().load()) {
      chip.inject(
          new PacketLoss(PacketLoss.CERTAIN, 1, PacketLoss.ANY, PacketLoss.ANY, 0, Fault.FOREVER));
      chip.run(20);
      assertThat(chip.read("plain", "v")).containsOnly(0);
      assertThat(chip.read("graded", "v")).containsOnly(0);
      assertThat(chip.count(Counter.EVENTS_DELIVERED)).isZero();
      assertThat(chip.count(Counter.EVENTS_LOST)).isEqualTo(19L * 2 * 3 * N);
    }
  }

  @Test
  void oneCoreAloneMissesEventsIfToldSo() {
    try (var chip = pairs().load();
        var all = pairs().load()) {
      chip.inject(new PacketLoss(PacketLoss.units(0.5), 7, PacketLoss.ANY, 2, 0, Fault.FOREVER));
      all.inject(PacketLoss.everywhere(0.5, 7, 0, Fault.FOREVER));
      chip.run(40);
      all.run(40);
      int[] here = chip.read("plain", "v");
      int[] everywhere = all.read("plain", "v");
      for (int i = 0; i < N; i++) {
        assertThat(here[i]).isEqualTo(i < N / 2 ? 39 : everywhere[i]);
      }
    }
  }

  @Test
  void onlyEventsOfOneCoreGetLostIfToldSo() {
    int[] sources = {0, 5};
    try (var chip = pairs(sources, 1, 2).load()) {
      chip.inject(new PacketLoss(PacketLoss.CERTAIN, 7, 5, PacketLoss.ANY, 0, Fault.FOREVER));
      chip.run(11);
      int[] got = chip.read("plain", "v");
      for (int i = 0; i < N; i++) {
        assertThat(got[i]).isEqualTo(i < N / 2 ? 10 : 0);
      }
    }
  }

  @Test
  void eventsOfTheHostGetLostToo() {
    var test =
        new TestImage()
            .external("host", 4)
            .population("cell", 4, COUNT, 0)
            .projection("p", "host", "cell", "in", TestImage.oneToOne(4, 1));
    var loss = PacketLoss.everywhere(0.5, 3, 0, Fault.FOREVER);
    try (var chip = test.load()) {
      chip.inject(loss);
      int[] expected = new int[4];
      for (int step = 0; step < 50; step++) {
        for (int i = 0; i < 4; i++) {
          chip.inject("host", i, 1 + i);
          expected[i] += lost(loss, 0, step, 0, i) ? 0 : 1 + i;
        }
        chip.step();
      }
      assertThat(chip.read("cell", "v")).isEqualTo(expected);
    }
  }

  @Test
  void lossesDoNotDependOnThreadsNetworkOrPlacement() {
    String expected = null;
    for (var noc : NocFidelity.values()) {
      for (int threads : new int[] {1, 2}) {
        for (int[] targets : new int[][] {{1, 2}, {1}, {9, 3, 17}}) {
          var options = ChipOptions.reference().withNoc(noc).withThreads(threads).alwaysShared();
          try (var chip = pairs(new int[] {0}, targets).load(options)) {
            chip.inject(PacketLoss.everywhere(0.25, 5, 0, Fault.FOREVER));
            chip.run(40);
            expected = expected == null ? chip.stateDigest() : expected;
            assertThat(chip.stateDigest())
                .as("%s, %d threads, %s", noc, threads, Map.of("cores", targets))
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void twoLossesLoseWhatEitherLoses() {
    var one = PacketLoss.everywhere(0.5, 1, 0, Fault.FOREVER);
    var other = PacketLoss.everywhere(0.5, 2, 5, Fault.FOREVER);
    try (var chip = pairs().load()) {
      chip.inject(List.of(one, other));
      chip.run(21);
      int[] expected = new int[N];
      for (int i = 0; i < N; i++) {
        for (int step = 0; step < 20; step++) {
          boolean lost = lost(one, 0, step, 0, i) || step >= 5 && lost(other, 0, step, 0, i);
          expected[i] += lost ? 0 : 1;
        }
      }
      assertThat(chip.read("plain", "v")).isEqualTo(expected);
    }
  }

  @Test
  void whatCanNotBeIsRefusedByName() {
    try (var chip = pairs().load()) {
      int cores = chip.preset().spec().mesh().cores();
      assertThatThrownBy(() -> chip.inject(new PacketLoss(1, 1, cores, PacketLoss.ANY, 0, 1)))
          .hasMessage("from core: %d (expected: < %d)".formatted(cores, cores));
      assertThatThrownBy(() -> chip.inject(new PacketLoss(1, 1, PacketLoss.ANY, cores, 0, 1)))
          .hasMessage("to core: %d (expected: < %d)".formatted(cores, cores));
      assertThat(chip.faults()).isEmpty();
    }
    assertThatThrownBy(() -> new PacketLoss(PacketLoss.CERTAIN + 1, 1, 0, 0, 0, 1))
        .hasMessage("probability in units of 2^-32: 4294967297 (expected: 0 to 4294967296)");
    assertThatThrownBy(() -> PacketLoss.units(1.5))
        .hasMessage("probability: 1.5 (expected: 0 to 1)");
    assertThatThrownBy(() -> PacketLoss.units(Double.NaN))
        .hasMessage("probability: NaN (expected: 0 to 1)");
    assertThat(PacketLoss.units(0.5)).isEqualTo(1L << 31);
  }
}
