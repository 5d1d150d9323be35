package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import engram.chip.ChipCost;
import engram.chip.Phase;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.isa.image.Charge;
import engram.isa.image.CoreUsage;
import engram.isa.image.LoadReport;
import engram.isa.image.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cycles and memory of cores.
final class CoreChartsTest {
  private static List<Core> cores(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Core(i, 2 * i, "hidden" + i)).toList();
  }

  private static ChipCost cost(int cores) {
    var random = new Random(cores);
    long[][] cycles = new long[cores][];
    Arrays.setAll(cycles, _ -> random.longs(Phase.values().length, 0, 200_000_000_000L).toArray());
    return new ChipCost(new long[Counter.values().length], 1, 0, cycles, new long[4]);
  }

  private static LoadReport report(int cores) {
    var random = new Random(cores);
    var spec = Presets.named("engram-1").spec();
    var usage =
        IntStream.range(0, cores)
            .mapToObj(i ->
                new CoreUsage(
                    i,
                    Arrays.stream(Memory.values())
                        .map(m -> new Charge(m, "some", random.nextInt(m.limit(spec.core()) + 1)))
                        .toList()))
            .toList();
    return new LoadReport(spec, usage);
  }

  private static List<String> names(JsonNode option) {
    return option.at("/yAxis/0/data").valueStream().map(JsonNode::asText).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 48})
  void hasTheCyclesOfEachPhaseAndCore(int count) {
    var cost = cost(count);
    var option = CoreCycles.of(cores(count), cost).option();
    assertThat(option.get("series"))
        .extracting(s -> s.get("name").asText())
        .containsExactly("deliver", "integrate", "update", "learn", "emit");
    assertThat(option.get("series")).allMatch(s -> s.get("stack").asText().equals("cycles"));
    for (var phase : Phase.values()) {
      assertThat(option.get("series").get(phase.ordinal()).get("data"))
          .extracting(JsonNode::asLong)
          .containsExactlyElementsOf(
              Arrays.stream(cost.coreCycles()).map(c -> c[phase.ordinal()]).toList());
    }
    assertThat(names(option))
        .containsExactlyElementsOf(
            cores(count).stream().map(c -> "core " + c.number() + ": " + c.content()).toList());
    assertThat(option.at("/yAxis/1/data/0").asText())
        .isEqualTo(Amount.of(Arrays.stream(cost.coreCycles()[0]).sum()));
    assertThat(option.at("/xAxis/name").asText()).isEqualTo("cycles");
  }

  @Test
  void phasesHavePatternsBesideColours() {
    assertThat(CoreCycles.of(cores(1), cost(1)).option().at("/aria/decal/show").asBoolean())
        .isTrue();
  }

  @Test
  void ofManyCoresTheBusiestAreShownBusiestFirst() {
    int count = 130;
    var cost = cost(count);
    var busiest =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) ->
                Long.compare(
                    Arrays.stream(cost.coreCycles()[b]).sum(),
                    Arrays.stream(cost.coreCycles()[a]).sum()))
            .limit(48)
            .toList();
    var expected = busiest.stream().map(i -> "core " + 2 * i + ": hidden" + i).toList();
    var cycles = CoreCycles.of(cores(count), cost).option();
    var memory = CoreMemory.of(cores(count), cost, report(count)).option();
    assertThat(names(cycles)).isEqualTo(expected);
    assertThat(names(memory)).isEqualTo(expected);
    assertThat(cycles.at("/series/3/data"))
        .extracting(JsonNode::asLong)
        .containsExactlyElementsOf(
            busiest.stream().map(i -> cost.coreCycles()[i][Phase.LEARN.ordinal()]).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 48})
  void hasTheShareOfEachMemoryAndCore(int count) {
    var report = report(count);
    var option = CoreMemory.of(cores(count), cost(count), report).option();
    assertThat(option.get("series")).hasSameSizeAs(Memory.values());
    for (var memory : Memory.values()) {
      var bars = option.get("series").get(memory.ordinal()).get("data");
      int limit = memory.limit(report.spec().core());
      assertThat(bars).hasSize(count);
      for (int core = 0; core < count; core++) {
        long used = report.cores().get(core).used(memory);
        var bar = bars.get(core);
        assertThat(bar.get("name").asText())
            .isEqualTo(
                "%s of core %d: %,d of %,d %s",
                memory.label(), 2 * core, used, limit, memory.unit());
        assertThat(bar.get("value").asDouble()).isEqualTo(Math.round(1000.0 * used / limit) / 10.0);
        assertThat(bar.has("itemStyle")).isEqualTo(used > 0.9 * limit);
      }
    }
    assertThat(option.get("xAxis"))
        .extracting(axis -> axis.get("name").asText())
        .containsExactly(
            "neurons, %", "state, %", "synapse, %", "axon, %", "route, %", "program, %");
  }
}
