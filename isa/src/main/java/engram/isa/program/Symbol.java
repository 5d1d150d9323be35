package engram.isa.program;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import java.util.Arrays;
import java.util.List;

/// A named value of a program.
///
/// @param format width of what is stored; of values that live elsewhere, the widest they can be
/// @param overflow what a store does with a value that does not fit
/// @param history number of steps kept, this one included: 1 to 64
/// @param hold accumulators: kept after UPDATE
/// @param graded streams: events carry a payload; without it, all payloads are 1
/// @param initial value before the first step and after a reset
/// @param sums rows' streams: the accumulator whose exact sum the stream's events carry, or empty
public record Symbol(
    String name,
    SymbolRole role,
    NumberFormat format,
    Overflow overflow,
    int history,
    boolean hold,
    boolean graded,
    int initial,
    String sums) {

  /// Number of declared symbols that a program can have; slots from here up are built in.
  public static final int DECLARED = 48;

  /// Tag words of a synapse.
  public static final int TAGS = 7;

  /// Longest history, in steps.
  public static final int HISTORY = 64;

  /// In order of slots, from `DECLARED` on.
  private static final List<Symbol> BUILT_IN =
      Arrays.stream(SymbolRole.values()).filter(SymbolRole::builtIn).map(Symbol::builtIn).toList();

  public Symbol {
    if (history < 1 || history > HISTORY) {
      throw new IllegalArgumentException(
          name + " history: " + history + " (expected: 1 to " + HISTORY + ")");
    }
    if (!format.holds(initial)) {
      throw new IllegalArgumentException(
          name
              + " initial value: "
              + initial
              + " (expected: "
              + format.min()
              + " to "
              + format.max()
              + ")");
    }
  }

  /// A symbol without extras.
  public static Symbol of(String name, SymbolRole role, NumberFormat format) {
    return new Symbol(name, role, format, Overflow.SATURATE, 1, false, false, 0, "");
  }

  private static Symbol builtIn(SymbolRole role) {
    var format = role == SymbolRole.PHASE ? NumberFormat.unsigned(16) : NumberFormat.S32;
    return of(role.keyword(), role, format);
  }

  /// The built-in symbol in a slot; null if the slot is empty.
  static Symbol builtIn(int slot) {
    int i = slot - DECLARED;
    return i >= 0 && i < BUILT_IN.size() ? BUILT_IN.get(i) : null;
  }

  /// The slot of a built-in symbol: the same in every program.
  public static int slotOf(SymbolRole builtIn) {
    return DECLARED + builtIn.ordinal() - SymbolRole.INDEX.ordinal();
  }
}
