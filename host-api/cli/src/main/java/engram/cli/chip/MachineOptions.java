package engram.cli.chip;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.cli.common.CommandException;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;
import picocli.CommandLine.Option;

/// What a command runs on: chip, engine, threads. None of them changes a result.
public final class MachineOptions {
  private static final String DEFAULT_CHIP = "engram-1";

  @Option(
      names = "--chip",
      paramLabel = "PRESET",
      description =
          "Chip to emulate, one of those that engram chips lists. Default: a snapshot's own, else"
              + " engram-1.")
  private String chip;

  @Option(
      names = "--engine",
      paramLabel = "reference|compiled",
      description =
          "How microcode is run: by the interpreter, or as vector code. Default: compiled.")
  private String engine = "compiled";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that the cores are spread over. Default: 1.")
  private int threads = 1;

  @Option(
      names = "--noc",
      paramLabel = "analytic|flit",
      description =
          "How closely the network's time is modelled: bounds of each step, or every flit."
              + " Default: analytic.")
  private NocFidelity noc = NocFidelity.ANALYTIC;

  public Preset preset() {
    return preset(DEFAULT_CHIP);
  }

  /// The preset to use.
  ///
  /// @param otherwise name of the one that holds where the command line says nothing
  public Preset preset(String otherwise) {
    return Presets.named(chip == null ? otherwise : chip);
  }

  public ChipOptions chipOptions() {
    return new ChipOptions(engine(), threads, noc, false);
  }

  /// Says on standard error what a user should know about how a chip's programs run.
  public static void remark(Chip chip) {
    chip.options().engine().remarks().forEach(r -> System.err.println("engram: note: " + r));
  }

  private Engine engine() {
    return switch (engine) {
      case "reference" -> new Interpreter();
      case "compiled" -> new CompiledEngine();
      default ->
          throw CommandException.usage("engine: " + engine + " (expected: reference or compiled)");
    };
  }
}
