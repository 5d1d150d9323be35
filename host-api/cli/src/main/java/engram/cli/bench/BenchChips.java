package engram.cli.bench;

import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.isa.image.ChipSpec;
import engram.isa.image.CoreSpec;
import engram.isa.image.Mesh;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Chips and programs that benchmarks run on.
final class BenchChips {
  /// Memory of a core that nothing fills: what is measured is the emulator, not a wall.
  private static final int ROOMY = 1 << 30;

  private static final String OWN = "bench/";

  private BenchChips() {}

  /// A preset with its mesh, times and energies, and memories without an end.
  static Preset roomy(String name) {
    var preset = Presets.named(name);
    return roomy(preset, preset.spec().mesh());
  }

  /// The same with a square mesh of at least so many cores.
  static Preset roomy(String name, int cores) {
    int side = (int) Math.ceil(Math.sqrt(cores));
    return roomy(Presets.named(name), new Mesh(side, side, 1));
  }

  private static Preset roomy(Preset preset, Mesh mesh) {
    var spec = preset.spec();
    var core = new CoreSpec(ROOMY, ROOMY, ROOMY, ROOMY, ROOMY, ROOMY, ROOMY, spec.core().lanes());
    return new Preset(
        preset.title(),
        new ChipSpec(spec.name(), mesh, core, spec.can()),
        preset.facts(),
        preset.lacks(),
        preset.timing(),
        preset.timings(),
        preset.deadline(),
        preset.energy());
  }

  /// The programs that come with Engram, and those of the benchmarks as `bench/NAME`.
  static Firmware firmware() {
    var library = Firmware.library();
    return name -> name.startsWith(OWN) ? own(name) : library.source(name);
  }

  private static String own(String name) {
    try (InputStream in =
        BenchChips.class.getResourceAsStream(name.substring(OWN.length()) + ".s")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
