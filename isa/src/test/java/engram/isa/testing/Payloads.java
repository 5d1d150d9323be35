package engram.isa.testing;

import engram.isa.exec.LongColumn;
import java.math.BigInteger;
import java.util.Random;

/// What arrived for rows, at random.
final class Payloads {
  private Payloads() {}

  static LongColumn random(int rows, int depth, Random random) {
    var column = new LongColumn(rows, depth);
    for (int i = 0; i < column.values().length; i++) {
      column.values()[i] = random.nextInt(3) == 0 ? 0 : random.nextLong() >> random.nextInt(64);
    }
    return column;
  }

  /// By age and row.
  static BigInteger[][] copy(LongColumn column, long step) {
    var copy = new BigInteger[column.depth()][column.rows()];
    for (int age = 0; age < copy.length; age++) {
      for (int row = 0; row < column.rows(); row++) {
        copy[age][row] = BigInteger.valueOf(column.values()[column.at(step - age) + row]);
      }
    }
    return copy;
  }
}
