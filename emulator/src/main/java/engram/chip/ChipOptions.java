package engram.chip;

import engram.chip.noc.NocFidelity;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;

/// How a chip is emulated. Nothing here changes a result.
///
/// @param threads that the cores are spread over, the caller's included
/// @param always the threads share every step; else they do where it pays, which takes some hundred
///   steps to find out
/// @param profile measure the wall time of each phase
public record ChipOptions(
    Engine engine, int threads, boolean always, NocFidelity noc, boolean profile) {
  public ChipOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
    }
  }

  public ChipOptions(Engine engine, int threads, NocFidelity noc, boolean profile) {
    this(engine, threads, false, noc, profile);
  }

  /// The reference engine on the caller's thread.
  public static ChipOptions reference() {
    return new ChipOptions(new Interpreter(), 1, NocFidelity.ANALYTIC, false);
  }

  public ChipOptions withThreads(int threads) {
    return new ChipOptions(engine, threads, always, noc, profile);
  }

  /// All threads in every step, for tests: otherwise a short run would never leave the first.
  public ChipOptions alwaysShared() {
    return new ChipOptions(engine, threads, true, noc, profile);
  }

  public ChipOptions withNoc(NocFidelity noc) {
    return new ChipOptions(engine, threads, always, noc, profile);
  }

  public ChipOptions profiling(boolean profile) {
    return new ChipOptions(engine, threads, always, noc, profile);
  }
}
