package engram.firmware.ssnn;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.ChipOptions;
import engram.firmware.Firmware;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pipeline pairs what belongs to one sample step, and nothing else: what the chip did is held
/// against a loop that has no lag.
final class AlignmentTest {
  private static SsnnSettings settings(Integer... hidden) {
    return new SsnnSettings(12, List.of(hidden), 4, 5, 12, 7, Membrane.MEMORYLESS, 1.0, 0, 3, 0);
  }

  private static Trace trace(SsnnSettings settings, Firmware firmware) {
    try (var chip = SsnnChips.load(settings, firmware, ChipOptions.reference())) {
      return Trace.record(chip, settings, 60, 11);
    }
  }

  /// The rule without a pipeline: for every sample step, forward spikes of a layer meet gradient
  /// spikes of the next.
  private static List<Trace.Update> unpipelined(Trace trace) {
    var updates = new ArrayList<Trace.Update>();
    int depth = trace.depth;
    for (int s = 0; s < trace.labels.size(); s++) {
      for (int layer = 1; layer <= depth + 1; layer++) {
        int answered = s + 2 * depth + 2 - layer;
        int fired = s + layer - 1;
        if (answered >= trace.labels.size()) {
          continue;
        }
        for (int source : trace.spikes.get(layer - 1).get(fired)) {
          for (int target : trace.plus.get(layer).get(answered)) {
            updates.add(new Trace.Update(answered, layer, source, target, -1));
          }
          for (int target : trace.minus.get(layer).get(answered)) {
            updates.add(new Trace.Update(answered, layer, source, target, 1));
          }
        }
      }
    }
    return updates;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void updatesAreThoseOfTheLoopWithoutLagSampleBordersIncluded(int depth) {
    var settings = settings(List.of(9, 8, 7).subList(0, depth).toArray(Integer[]::new));
    var trace = trace(settings, Firmware.library());
    assertThat(trace.updates).hasSizeGreaterThan(1000);
    assertThat(trace.updates).containsExactlyInAnyOrderElementsOf(unpipelined(trace));
    for (int layer = 1; layer <= depth + 1; layer++) {
      int of = layer;
      assertThat(trace.updates.stream().filter(u -> u.layer() == of).count()).isPositive();
    }
  }

  /// Negative control: one step of misalignment in the program, and the lists differ.
  @Test
  void theListsDifferIfTheProgramLooksOneStepTooFarBack() {
    Firmware shifted =
        name ->
            Firmware.library()
                .source(name)
                .replace("plus  = pre@AGE and", "plus  = pre@(AGE+1) and");
    var trace = trace(settings(9), shifted);
    assertThat(trace.updates).isNotEmpty();
    assertThat(sorted(trace.updates)).isNotEqualTo(sorted(unpipelined(trace)));
  }

  private static List<String> sorted(List<Trace.Update> updates) {
    return updates.stream().map(Trace.Update::toString).sorted().toList();
  }

  @Test
  void theErrorOfAStepIsOfThatStepsSample() {
    var trace = trace(settings(9, 8), Firmware.library());
    int output = trace.depth + 1;
    int errors = 0;
    for (int step = output; step < trace.labels.size(); step++) {
      int label = trace.labels.get(step - output);
      int[] winner = trace.spikes.get(output).get(step);
      assertThat(winner).hasSize(1);
      if (label < 0 || winner[0] == label) {
        assertThat(trace.plus.get(output).get(step)).isEmpty();
        assertThat(trace.minus.get(output).get(step)).isEmpty();
      } else {
        assertThat(trace.plus.get(output).get(step)).containsExactly(winner[0]);
        assertThat(trace.minus.get(output).get(step)).containsExactly(label);
        errors++;
      }
    }
    assertThat(errors).isGreaterThan(50);
  }

  @Test
  void nothingRunsBackwardWhenTheWinnerIsTheLabel() {
    var trace = trace(settings(9, 8), Firmware.library());
    int depth = trace.depth;
    for (int s = 0; s < trace.labels.size() - 2 * depth - 2; s++) {
      int winner = trace.spikes.get(depth + 1).get(s + depth + 1)[0];
      if (trace.labels.get(s) == winner || trace.labels.get(s) < 0) {
        for (int layer = 1; layer <= depth + 1; layer++) {
          int step = s + 2 * depth + 2 - layer;
          assertThat(trace.plus.get(layer).get(step)).isEmpty();
          assertThat(trace.minus.get(layer).get(step)).isEmpty();
        }
      }
    }
  }

  @Test
  void theSecondSamplesLabelNeverMeetsTheFirstsSpikes() {
    var settings = settings(9);
    try (var chip = SsnnChips.load(settings)) {
      int[] first = new int[12];
      java.util.Arrays.fill(first, 0, 6, 256);
      int[] second = new int[12];
      java.util.Arrays.fill(second, 6, 12, 256);
      var before = chip.weights("w1");
      chip.setRegister(SsnnNetwork.LEARN, 1);
      for (int n = 0; n < 40; n++) {
        chip.write("image", "x", 0, n % 2 == 0 ? first : second);
        chip.write(
            "label", "x", 0, n % 2 == 0 ? new int[] {256, 0, 0, 0} : new int[] {0, 256, 0, 0});
        chip.setClock((long) n << 32);
        for (int t = 0; t < 2; t++) {
          chip.step();
          long now = chip.timestep() - 1;
          int sampleOfVotes = (int) ((now - 2) / 2);
          int[] minus = {-1};
          chip.stream("output", "gminus").forEach(k -> minus[0] = k);
          if (now >= 2 && minus[0] >= 0) {
            assertThat(minus[0]).isEqualTo(sampleOfVotes % 2);
          }
        }
      }
      assertThat(chip.weights("w1")).isNotEqualTo(before);
    }
  }
}
