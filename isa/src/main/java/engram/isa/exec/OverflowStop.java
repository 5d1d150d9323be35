package engram.isa.exec;

import engram.isa.NumberFormat;
import engram.isa.program.Symbol;

/// A value did not fit a symbol whose policy is `stop`. The machine's own behaviour, not a fault of
/// the emulator: the run ends with it.
public final class OverflowStop extends RuntimeException {
  public OverflowStop(Object program, Symbol symbol, int lane, long value) {
    super(message(program, symbol.name(), symbol.format(), lane, value), null, false, false);
  }

  private static String message(
      Object program, String symbol, NumberFormat format, int lane, long value) {
    return program
        + ", lane "
        + lane
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
