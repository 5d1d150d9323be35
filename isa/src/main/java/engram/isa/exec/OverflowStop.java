package engram.isa.exec;

import engram.isa.NumberFormat;
import engram.isa.program.Symbol;

/// A value did not fit a symbol whose policy is `stop`. The machine's own behaviour, not a fault of
/// the emulator: the run ends with it.
public final class OverflowStop extends RuntimeException {
  /// @param where neuron, row or synapse
  public OverflowStop(Object program, Symbol symbol, String where, long value) {
    super(message(program, symbol.name(), symbol.format(), where, value), null, false, false);
  }

  private static String message(
      Object program, String symbol, NumberFormat format, String where, long value) {
    return program
        + ", "
        + where
        + ": "
        + symbol
        + ": "
        + value
        + " (expected: "
        + format.min()
        + " to "
        + format.max()
        + ", by its policy stop)";
  }
}
