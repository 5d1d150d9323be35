package engram.isa.program;

import engram.isa.NumberFormat;
import java.util.Arrays;

/// Constants that `lut` and `lerp` look up: integers written in the source, never computed at load.
public record Table(String name, NumberFormat format, int[] values) {
  public Table {
    for (int value : values) {
      if (!format.holds(value)) {
        throw new IllegalArgumentException(
            name
                + " entry: "
                + value
                + " (expected: "
                + format.min()
                + " to "
                + format.max()
                + ")");
      }
    }
  }

  /// 64-bit words of program memory that it takes.
  public int words() {
    int perWord = 64 / format.bits();
    return (values.length + perWord - 1) / perWord;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Table(var n, var f, var v)
        && name.equals(n)
        && format.equals(f)
        && Arrays.equals(values, v);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return name + "[" + values.length + "]";
  }
}
