package engram.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.Chip;
import engram.chip.preset.Counter;
import engram.isa.image.ChipImage;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class ChipTrialTest {
  private static final Setting SETTING = new Setting(true, 2, 2, 1);
  private static final ChipTrial.Plan PLAN = new ChipTrial.Plan(4, 3, 2, 1);

  /// Two populations of 60 neurons on three cores each; every pair from the first to the second has
  /// a synapse, half of those within the second.
  private static ChipImage network() {
    var network = new LargeNetwork("test", 1 << 13);
    int first = network.population(60, 0, 3);
    int second = network.population(60, 3, 3);
    network.connect(first, second, 1);
    network.connect(second, second, 0.5);
    return network.image();
  }

  private static ChipTrial trial(Function<Chip, ChipContender.Work> work) {
    return new ChipTrial(
        SETTING, BenchChips.roomy("engram-1", 6), ChipTrialTest::network, work, PLAN);
  }

  @Test
  void measuresANetworkByWhatItDoes() throws IOException {
    var measurement = new Measurement(new LargeChipCase(), "sparse");
    var trial = trial(chip -> chip::run);
    trial.measure(measurement);
    var json = measurement.json();
    assertThat(json.get("neurons").asInt()).isEqualTo(120);
    assertThat(json.get("cores").asInt()).isEqualTo(6);
    assertThat(json.get("synapses").asInt()).isBetween(3600 + 1600, 3600 + 2000);
    var compiled = trial.tally(ChipTrial.COMPILED);
    assertThat(compiled.laps()).extracting(Lap::steps).containsExactly(2.0, 2.0);
    assertThat(trial.tally(ChipTrial.INTERPRETED).laps())
        .extracting(Lap::steps)
        .containsExactly(1.0, 1.0);
    assertThat(compiled.laps()).allMatch(l -> l.cpuSeconds() > 0);
    assertThat(trial.tally(ChipTrial.THREADED).laps())
        .allMatch(l -> Double.isNaN(l.cpuSeconds()) && l.wallSeconds() > 0);
  }

  @Test
  void refusesEnginesThatComeToDifferentStates() {
    var trial =
        trial(chip -> withFault(chip, c -> c.options().engine().name().equals("reference")));
    assertRefused(trial, ChipTrial.INTERPRETED, 4);
  }

  @Test
  void refusesThreadsThatComeToDifferentStates() {
    var trial = trial(chip -> withFault(chip, c -> c.options().threads() == 2));
    assertRefused(trial, ChipTrial.THREADED, 4);
  }

  /// The fault comes when the check at the beginning is over.
  @Test
  void refusesWhatDiffersAtTheEnd() {
    var trial = trial(chip -> withFault(chip, c -> c.timestep() > 8 && c.options().threads() == 2));
    assertRefused(trial, ChipTrial.THREADED, 11);
  }

  private static void assertRefused(ChipTrial trial, String who, int steps) {
    assertThatThrownBy(() -> trial.measure(new Measurement(new LargeChipCase(), "sparse")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "compiled and %s have come to different results in %d steps: there is nothing to compare",
            who, steps);
  }

  /// Work after which the field of a neuron is wrong, on some chips.
  private static ChipContender.Work withFault(Chip chip, Predicate<Chip> faulty) {
    return steps -> {
      chip.run(steps);
      if (faulty.test(chip)) {
        chip.write("p1", "v", 0, 12_345);
      }
    };
  }

  @Test
  void refusesSumsThatDiffer() {
    assertThatThrownBy(() -> RowSet.requireEqual(adder("one", 5), adder("other", 6)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("one and other come to different sums: there is nothing to compare");
  }

  private static RowSet.Adder adder(String name, long sum) {
    return new RowSet.Adder() {
      @Override
      public long check() {
        return sum;
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public Lap lap() {
        throw new AssertionError(name);
      }
    };
  }

  @Test
  void largeNetworksAreAsActiveAsTheySay() {
    var network = new LargeNetwork("test", LargeNetwork.ONE_PERCENT);
    int all = network.population(2_000, 0, 7);
    network.connect(all, all, 0.1);
    try (var chip =
        Chip.load(BenchChips.roomy("engram-1", 7), network.image(), ChipTrial.compiled())) {
      chip.run(100);
      // 200,000 draws with a probability of 0.01: 2,000 spikes, give or take 45; but those of the
      // last step have not arrived.
      assertThat(chip.count(Counter.EVENTS_EMITTED)).isBetween(1_800L, 2_200L);
      double fanOut =
          (double) chip.count(Counter.FORWARD_OPERATIONS) / chip.count(Counter.EVENTS_EMITTED);
      assertThat(fanOut).isBetween(190.0, 205.0);
      assertThat(chip.coreNumbers()).hasSize(7);
    }
  }
}
