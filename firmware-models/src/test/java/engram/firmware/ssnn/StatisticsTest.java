package engram.firmware.ssnn;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.firmware.Firmware;
import engram.isa.Draw;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The theorems of the rule, on the chip: the winner is drawn by softmax, the mean weight change is
/// the gradient (docs/ssnn-bp.md). Expected values are computed in double precision by enumerating
/// every spike pattern; the chip's means must lie within five standard errors of them.
final class StatisticsTest {
  private static final int INPUTS = 4;
  private static final int HIDDEN = 3;
  private static final int CLASSES = 3;
  private static final int FRACTION = 10;
  private static final int ONE = 1 << FRACTION;

  private static final SsnnSettings SETTINGS =
      new SsnnSettings(
          INPUTS, List.of(HIDDEN), CLASSES, 16, 12, FRACTION, Membrane.MEMORYLESS, 1.0, 0, 5, 0);

  /// The learning program with its weight replaced by a count: the same microcode, frozen weights.
  private static final Firmware COUNTING =
      name -> {
        String source = Firmware.library().source(name);
        return switch (name) {
          case "ssnn/coincidence" ->
              source
                  .replace(".post   gplus", ".tag    count : s32\n.post   gplus")
                  .replace("ld    r0, w", "ld    r0, count")
                  .replace("st    w, r0", "st    count, r0");
          case "ssnn/coincidence_mirror" -> source.replace("st    w, r0", "mov   r0, 0");
          default -> source;
        };
      };

  private static Chip chip() {
    var chip = SsnnChips.load(SETTINGS, COUNTING, ChipOptions.reference());
    var random = new Random(8);
    chip.writeWeights("w1", random.ints(INPUTS * HIDDEN, -500, 700).toArray());
    chip.writeWeights("w2", random.ints(HIDDEN * CLASSES, -900, 900).toArray());
    chip.writeWeights("b2", new int[] {200, -150, 40});
    return chip;
  }

  /// Winner probabilities of potentials with the chip's own table of Gumbel noise: exact, by
  /// counting.
  private static double[] race(int[] potentials) {
    int[] noise = gumbel();
    double[] chance = new double[potentials.length];
    for (int k = 0; k < potentials.length; k++) {
      for (int own : noise) {
        double wins = 1.0 / noise.length;
        for (int other = 0; other < potentials.length; other++) {
          if (other != k) {
            // A tie goes to the lower index.
            int mine = potentials[k] + own - (k < other ? 0 : 1);
            wins *= (double) atMost(noise, mine - potentials[other]) / noise.length;
          }
        }
        chance[k] += wins;
      }
    }
    return chance;
  }

  /// How many entries of an ascending table are at most a limit.
  private static int atMost(int[] ascending, int limit) {
    int low = 0;
    int high = ascending.length;
    while (low < high) {
      int middle = (low + high) / 2;
      if (ascending[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] gumbel() {
    int[] table = new int[1024];
    for (int m = 0; m < table.length; m++) {
      double g = -Math.log(-Math.log((m + 0.5) / table.length));
      table[m] = (int) Math.floor(Math.floor(g * 65536 + 0.5) / 64 + 0.5);
    }
    return table;
  }

  private static double[] softmax(int[] potentials) {
    double[] weights =
        Arrays.stream(potentials).mapToDouble(v -> Math.exp((double) v / ONE)).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  @Test
  void theWinnerIsDrawnBySoftmax() {
    int steps = 60_000;
    try (var chip = chip()) {
      // No hidden spikes, so the potentials are the biases.
      chip.writeWeights("b1", new int[HIDDEN]);
      chip.run(3);
      long[] wins = new long[CLASSES];
      for (int step = 0; step < steps; step++) {
        chip.step();
        chip.stream("output", "spike").forEach(k -> wins[k]++);
      }
      double[] expected = softmax(new int[] {200, -150, 40});
      double chiSquare = 0;
      for (int k = 0; k < CLASSES; k++) {
        double mean = expected[k] * steps;
        chiSquare += (wins[k] - mean) * (wins[k] - mean) / mean;
      }
      assertThat(Arrays.stream(wins).sum()).isEqualTo(steps);
      assertThat(chiSquare).as("chi-square, 2 degrees of freedom").isLessThan(13.8);
      // The table of 1024 entries is within a thousandth of softmax.
      double[] table = race(new int[] {200, -150, 40});
      for (int k = 0; k < CLASSES; k++) {
        assertThat(table[k]).isCloseTo(expected[k], org.assertj.core.data.Offset.offset(1e-3));
      }
    }
  }

  @Test
  void theMeanWeightChangeIsTheClosedFormInBothLayers() {
    int steps = 120_000;
    int[] pixels = {200, 90, 256, 30};
    int label = 1;
    try (var chip = chip()) {
      chip.writeWeights("b1", new int[] {300, -100, 150});
      int[] w1 = chip.weights("w1");
      int[] w2 = chip.weights("w2");
      int[] b1 = chip.weights("b1");
      int[] b2 = chip.weights("b2");
      chip.write("image", "x", 0, pixels);
      chip.write("label", "x", label, 256);
      chip.setRegister(SsnnNetwork.LEARN, 1);
      chip.run(8);
      int[] start1 = chip.tags("w1", "count");
      int[] start2 = chip.tags("w2", "count");
      chip.run(steps);
      assertThat(chip.weights("w1")).isEqualTo(w1);
      double[][] expected = closedForm(pixels, label, w1, w2, b1, b2);
      check(minus(chip.tags("w1", "count"), start1), expected[0], steps);
      check(minus(chip.tags("w2", "count"), start2), expected[1], steps);
      // Control: the test sees a closed form with one weight's sign turned.
      w2[0] = -w2[0];
      double[][] wrong = closedForm(pixels, label, w1, w2, b1, b2);
      assertThat(worst(minus(chip.tags("w1", "count"), start1), wrong[0], steps)).isGreaterThan(8);
    }
  }

  /// Mean change of each weight in a step, in least bits: minus x_i g_j sum_k w_jk (s_k - y_k) over
  /// 2^F for the first layer, minus (s_k - y_k) h_j for the second, averaged over all patterns.
  private static double[][] closedForm(
      int[] pixels, int label, int[] w1, int[] w2, int[] b1, int[] b2) {
    double[] first = new double[INPUTS * HIDDEN];
    double[] second = new double[HIDDEN * CLASSES];
    for (int x = 0; x < 1 << INPUTS; x++) {
      double chanceX = 1;
      int[] u = b1.clone();
      for (int i = 0; i < INPUTS; i++) {
        boolean spikes = (x >> i & 1) == 1;
        double p = pixels[i] / 256.0;
        chanceX *= spikes ? p : 1 - p;
        for (int j = 0; spikes && j < HIDDEN; j++) {
          u[j] += w1[i * HIDDEN + j];
        }
      }
      for (int h = 0; chanceX > 0 && h < 1 << HIDDEN; h++) {
        double chance = chanceX;
        int[] v = b2.clone();
        for (int j = 0; j < HIDDEN; j++) {
          boolean spikes = (h >> j & 1) == 1;
          double p = Math.min(Math.max(u[j] / (double) ONE, 0), 1);
          chance *= spikes ? p : 1 - p;
          for (int k = 0; spikes && k < CLASSES; k++) {
            v[k] += w2[j * CLASSES + k];
          }
        }
        if (chance == 0) {
          continue;
        }
        double[] wins = race(v);
        for (int winner = 0; winner < CLASSES; winner++) {
          if (winner == label) {
            continue;
          }
          double c = chance * wins[winner];
          for (int j = 0; j < HIDDEN; j++) {
            if ((h >> j & 1) == 1) {
              second[j * CLASSES + winner] -= c;
              second[j * CLASSES + label] += c;
            }
            boolean open = u[j] > 0 && u[j] < ONE;
            int q = w2[j * CLASSES + winner] - w2[j * CLASSES + label];
            double gradient = open ? Math.min(Math.max(q / (double) ONE, -1), 1) : 0;
            for (int i = 0; i < INPUTS; i++) {
              if ((x >> i & 1) == 1) {
                first[i * HIDDEN + j] -= c * gradient;
              }
            }
          }
        }
      }
    }
    return new double[][] {first, second};
  }

  private static int[] minus(int[] a, int[] b) {
    int[] difference = a.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= b[i];
    }
    return difference;
  }

  private static void check(int[] counts, double[] expected, int steps) {
    assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isGreaterThan(0.01);
    assertThat(worst(counts, expected, steps)).as("standard errors").isLessThan(5);
  }

  /// The largest distance of a mean from what is expected, in standard errors. A step moves a
  /// weight by -1, 0 or 1; its variance is at most its mean magnitude, which the largest mean
  /// bounds.
  private static double worst(int[] counts, double[] expected, int steps) {
    double worst = 0;
    for (int i = 0; i < counts.length; i++) {
      double error = Math.sqrt(Math.max(0.3, Math.abs(expected[i])) / steps);
      worst = Math.max(worst, Math.abs((double) counts[i] / steps - expected[i]) / error);
    }
    return worst;
  }

  @Test
  void aRateThinsTheUpdatesAndLeavesTheirMeanInProportion() {
    int steps = 40_000;
    int[] sums = new int[2];
    for (int run = 0; run < 2; run++) {
      try (var chip = chip()) {
        chip.setRegister(SsnnNetwork.RATE, run == 0 ? 65536 : 16384);
        chip.write("image", "x", 0, 200, 90, 256, 30);
        chip.write("label", "x", 1, 256);
        chip.setRegister(SsnnNetwork.LEARN, 1);
        chip.run(steps);
        sums[run] = Arrays.stream(chip.tags("w2", "count")).map(Math::abs).sum();
      }
    }
    assertThat(sums[0]).isGreaterThan(10_000);
    assertThat((double) sums[1] / sums[0]).isBetween(0.23, 0.27);
  }

  /// The first of the hidden neuron's draws is the forward spike's: the same chance whatever the
  /// gradient compartments do.
  @Test
  void theForwardSpikeIsDrawnFromItsOwnSite() {
    try (var chip = chip()) {
      chip.writeWeights("b1", new int[] {300, 511, 900});
      chip.run(2);
      long base = Draw.base(5, Draw.Kind.NEURON, 3);
      for (int step = 2; step < 200; step++) {
        chip.step();
        boolean[] fired = new boolean[HIDDEN];
        chip.stream("hidden1", "spike").forEach(j -> fired[j] = true);
        int[] u = chip.read("hidden1", "drive");
        for (int j = 0; j < HIDDEN; j++) {
          long key = Draw.atSite(Draw.atClock(base, step - 1), 0);
          assertThat(fired[j]).isEqualTo(Draw.bits(key, j) >>> (32 - FRACTION) < u[j]);
        }
      }
    }
  }
}
