package engram.cli.chip;

import engram.chip.preset.Figure;
import engram.chip.preset.Grade;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.cli.common.ExitCode;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `engram chips`: the presets.
@Command(
    name = "chips",
    mixinStandardHelpOptions = true,
    description = "List the chips that can be emulated, or all figures of one with their sources.")
public final class ChipsCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "CHIP", description = "Name of a preset.")
  private String name;

  @Override
  public Integer call() {
    if (name != null) {
      print(Presets.named(name));
      return ExitCode.DONE;
    }
    for (String preset : Presets.NAMES) {
      summary(Presets.named(preset));
    }
    System.out.println("engram chips CHIP prints every figure with its grade and source.");
    return ExitCode.DONE;
  }

  private static void summary(Preset preset) {
    var mesh = preset.spec().mesh();
    System.out.printf("%s: %s%n", preset.name(), preset.title());
    System.out.printf(
        "  %d cores, %d x %d routers, %d neurons a core, %d lanes%n",
        mesh.cores(),
        mesh.columns(),
        mesh.rows(),
        preset.spec().core().neurons(),
        preset.spec().core().lanes());
    list(
        "can't:", preset.lacks().isEmpty() ? List.of("nothing that Engram knows") : preset.lacks());
    System.out.println();
  }

  private static void list(String title, List<String> lines) {
    System.out.println("  " + title);
    lines.forEach(line -> System.out.println("    - " + line.replace("\n", " ")));
  }

  private static void print(Preset preset) {
    summary(preset);
    System.out.println("  cores and abilities:");
    preset.facts().forEach((key, fact) -> evidence(key, fact.value(), fact.grade(), fact.source()));
    preset.deadline().ifPresent(figure -> figure("deadline of a step", figure, " s"));
    System.out.println("  timing, in cycles:");
    new TreeMap<>(preset.timings()).forEach((key, figure) -> figure(key, figure, ""));
    System.out.println("  energy: " + preset.energy().operatingPoint());
    if (preset.energy().staticWatts() != null) {
      figure("static", preset.energy().staticWatts(), " W");
    }
    new TreeMap<>(preset.energy().picojoules())
        .forEach((counter, figure) -> figure(counter.key(), figure, " pJ"));
    new TreeMap<>(preset.energy().included())
        .forEach(
            (counter, by) -> System.out.printf("    %-24s included in %s%n", counter.key(), by));
  }

  private static void figure(String key, Figure figure, String unit) {
    String value =
        figure.value() == Math.rint(figure.value())
            ? String.valueOf((long) figure.value())
            : String.valueOf(figure.value());
    evidence(key, value + unit, figure.grade(), figure.source());
  }

  private static void evidence(String key, String value, Grade grade, String source) {
    System.out.printf("    %-24s %s  [%s] %s%n", key, value, grade.keyword(), source);
  }
}
