package engram.chip.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What presets say, and what their energy figures come to where somebody has measured it.
final class PresetsTest {
  static List<String> presets() {
    return Presets.NAMES;
  }

  private static long[] counts(Map<Counter, Double> some) {
    long[] counts = new long[Counter.values().length];
    some.forEach((counter, amount) -> counts[counter.ordinal()] = Math.round(amount));
    return counts;
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyFigureHasASource(String name) {
    var preset = Presets.named(name);
    assertThat(preset.name()).isEqualTo(name);
    assertThat(preset.title()).isNotBlank();
    assertThat(preset.facts())
        .containsOnlyKeys(
            "mesh",
            "neurons",
            "state-words",
            "synapse-words",
            "axons",
            "routes",
            "program-words",
            "inbox",
            "lanes",
            "programs",
            "lacking-instructions",
            "formats",
            "weight-bits",
            "tags",
            "delay",
            "payload",
            "history",
            "sequencers",
            "destinations");
    preset.facts().forEach((key, f) -> evident(key, f.grade(), f.source()));
    preset.timings().forEach((key, f) -> evident(key, f.grade(), f.source()));
    preset.deadline().ifPresent(f -> evident("deadline", f.grade(), f.source()));
    preset.energy().picojoules().forEach((key, f) -> evident(key.key(), f.grade(), f.source()));
    assertThat(preset.energy().operatingPoint()).isNotBlank();
  }

  private static void evident(String key, Grade grade, String source) {
    assertThat(source).as(key).isNotBlank();
    assertThat(grade).as(key).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void noEnergyIsGuessed(String name) {
    var energy = Presets.named(name).energy();
    assertThat(energy.picojoules().values()).extracting(Figure::grade).doesNotContain(Grade.NONE);
    if (energy.staticWatts() != null) {
      assertThat(energy.staticWatts().grade()).isNotEqualTo(Grade.NONE);
    }
  }

  @Test
  void aGuessedEnergyIsRefused() {
    var guess = new Figure(1, Grade.NONE, "Engram's choice");
    assertThatThrownBy(
            () -> new EnergyModel("0.75 V", null, Map.of(Counter.STEPS, guess), Map.of()))
        .hasMessage("energy of steps: grade none");
    assertThatThrownBy(() -> new EnergyModel("0.75 V", guess, Map.of(), Map.of()))
        .hasMessage("energy of static-power: grade none");
    assertThatThrownBy(() ->
            new EnergyModel("0.75 V", null, Map.of(), Map.of(Counter.STEPS, EnergyModel.STATIC)))
        .hasMessage("energy of steps: included in static-power, which has no figure");
  }

  @Test
  void aFileOnABaseSaysOnlyWhereItDiffers() {
    var davies = Presets.named("loihi-1");
    var nahuku = Presets.named("loihi-1-nahuku");
    assertThat(nahuku.spec().core()).isEqualTo(davies.spec().core());
    assertThat(nahuku.spec().mesh()).isEqualTo(davies.spec().mesh());
    assertThat(nahuku.spec().can()).isEqualTo(davies.spec().can());
    assertThat(nahuku.lacks()).isEqualTo(davies.lacks());
    assertThat(nahuku.timing().synapse()).isEqualTo(38);
    assertThat(davies.timing().synapse()).isEqualTo(35);
    var same = new EnumMap<>(nahuku.energy().picojoules());
    same.putAll(
        Map.of(
            Counter.FORWARD_OPERATIONS,
            davies.energy().picojoules().get(Counter.FORWARD_OPERATIONS),
            Counter.BACKWARD_OPERATIONS,
            davies.energy().picojoules().get(Counter.BACKWARD_OPERATIONS)));
    assertThat(same).isEqualTo(davies.energy().picojoules());
    assertThat(nahuku.energy().picojoules().get(Counter.FORWARD_OPERATIONS).value())
        .isEqualTo(35.5);
  }

  @Test
  void aWrongFileSaysWhatIsWrong() {
    assertThatThrownBy(() -> Presets.named("loihi-3"))
        .hasMessage(
            "chip: loihi-3 (expected: one of engram-1, loihi-1, loihi-1-nahuku, loihi-2, truenorth)");
    assertThatThrownBy(() -> read("base: loihi-3\nname: x\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("chip: loihi-3 (expected: one of ");
    assertThatThrownBy(() -> read("base: loihi-1\nspeed: 3\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("speed");
    assertThatThrownBy(
            () -> read("base: loihi-1\ntiming: {warp: {value: 1, grade: none, source: dreams}}\n"))
        .hasMessage("timing of an unknown thing: warp");
    assertThatThrownBy(() -> read("name: x\ntitle: y\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lacks");
  }

  private static Preset read(String yaml) throws IOException {
    return Presets.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void onlyTrueNorthHasATick() {
    for (String name : Presets.NAMES) {
      var deadline = Presets.named(name).deadline().map(Figure::value);
      assertThat(deadline)
          .isEqualTo(name.equals("truenorth") ? Optional.of(1e-3) : Optional.empty());
    }
    assertThat(Presets.named("truenorth").deadlineCycles()).isEqualTo(10_000_000);
  }

  /// Akopyan et al. 2015, figure 17, 0.8 V: recurrent networks of 1,048,576 neurons with 128
  /// synapses each, half of the bits of a row. The line goes through the first and the last point;
  /// the middle one is the test.
  @ParameterizedTest
  @CsvSource({"11.58, 68", "20.07, 71", "95.93, 94"})
  void truenorthTakesThePowerThatWasMeasured(double hertz, double milliwatts) {
    var preset = Presets.named("truenorth");
    double seconds = 10;
    int ticks = (int) (seconds / preset.deadline().orElseThrow().value());
    double spikes = 1_048_576 * hertz * seconds;
    var energy =
        Energy.of(
            preset.energy(),
            counts(
                Map.of(
                    Counter.FORWARD_OPERATIONS, 256 * spikes,
                    Counter.ROWS_READ, spikes,
                    Counter.EVENTS_DELIVERED, spikes,
                    Counter.EVENTS_EMITTED, spikes,
                    Counter.HORIZONTAL_HOPS, 21 * spikes,
                    Counter.VERTICAL_HOPS, 21 * spikes,
                    Counter.LOCAL_HOPS, 2 * spikes,
                    Counter.NEURONS_UPDATED, 1_048_576.0 * ticks,
                    Counter.STEPS, (double) ticks)),
            seconds);
    assertThat(energy.missing()).isEmpty();
    assertThat(energy.joules().orElseThrow() / seconds * 1e3)
        .isBetween(0.99 * milliwatts, 1.01 * milliwatts);
  }

  /// Frady et al., NICE 2020: nearest neighbours of an image among 76,800 patterns, a neuron each,
  /// on 32 chips; 60 timesteps; of 1,000 input spikes that each reach all neurons, a quarter to a
  /// third are left out. Measured: 1.33 mJ a query in the cores, without static power. The figures
  /// of synaptic operations are said to be least ones of a simulation, yet come out above it.
  @ParameterizedTest
  @CsvSource({"667, 1.45", "750, 1.60"})
  void loihiTakesTheEnergyOfANearestNeighbourQuery(int spikes, double millijoules) {
    double neurons = 76_800;
    var counts =
        counts(
            Map.of(
                Counter.FORWARD_OPERATIONS, spikes * neurons,
                Counter.NEURONS_IDLE, 60 * neurons));
    var davies = Energy.of(Presets.named("loihi-1").energy(), counts, 0);
    assertThat(davies.knownJoules() * 1e3)
        .isBetween(millijoules - 0.005, millijoules + 0.005)
        .isBetween(0.75 * 1.33, 1.25 * 1.33);
    var nahuku = Energy.of(Presets.named("loihi-1-nahuku").energy(), counts, 0);
    assertThat(nahuku.knownJoules())
        .isBetween(1.3 * davies.knownJoules(), 1.5 * davies.knownJoules());
  }

  @Test
  void termsWithoutAFigureAreMissingAndTheRestIsSummed() {
    var counts =
        counts(
            Map.of(
                Counter.FORWARD_OPERATIONS, 1e9,
                Counter.ALU_LANES, 5.0,
                Counter.STEPS, 7.0,
                Counter.HOST_BITS, 100.0));
    var loihi = Energy.of(Presets.named("loihi-1").energy(), counts, 2);
    assertThat(loihi.joules()).isEmpty();
    assertThat(loihi.missing()).containsExactly("steps");
    assertThat(loihi.knownJoules()).isEqualTo(0.0236 + 2 * 0.104);
    var second = Energy.of(Presets.named("loihi-2").energy(), counts, 2);
    assertThat(second.joules()).isEmpty();
    assertThat(second.missing())
        .containsExactly("forward-operations", "alu-lanes", "steps", "static-power");
    assertThat(second.knownJoules()).isZero();
  }
}
