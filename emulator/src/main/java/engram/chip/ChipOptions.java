package engram.chip;

import engram.chip.noc.NocFidelity;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;

/// How a chip is emulated. Nothing here changes a result.
///
/// @param threads that the cores are spread over, the caller's included
public record ChipOptions(Engine engine, int threads, NocFidelity noc) {
  public ChipOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
    }
  }

  /// The reference engine on the caller's thread.
  public static ChipOptions reference() {
    return new ChipOptions(new Interpreter(), 1, NocFidelity.ANALYTIC);
  }

  public ChipOptions withThreads(int threads) {
    return new ChipOptions(engine, threads, noc);
  }

  public ChipOptions withNoc(NocFidelity noc) {
    return new ChipOptions(engine, threads, noc);
  }
}
