package engram.isa.compile;

import engram.isa.exec.Integrator;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Integration of dense rows by vectors. Sums of a block of lanes stay in registers while all rows
/// of the step go by. Weights that are narrow enough are first added up 16 bits wide, as many rows
/// at a time as can't overflow that.
///
/// Vectors reach over the end of a row, and over the last lane of the sums: columns have room
/// there.
abstract class VectorIntegrator implements Integrator {
  private static final VectorSpecies<Integer> INTS = Species.INTS;
  private static final VectorSpecies<Long> LONGS = Species.LONGS;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> HALF_BYTES =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.max(64, SHORTS.vectorBitSize() / 2)));

  private static final int INT_LANES = INTS.length();
  private static final int SHORT_LANES = SHORTS.length();

  /// Fewest rows that are worth being added up 16 bits wide.
  private static final int FEWEST_ROWS = 4;

  private final int lanes;

  /// Rows whose weights can be added up in 16 bits.
  private final int narrowRows;

  private VectorIntegrator(int lanes, int weightLimit) {
    this.lanes = lanes;
    narrowRows = Short.MAX_VALUE / weightLimit;
  }

  static Integrator of(byte[] weights, int lanes, int weightLimit) {
    return new Bytes(weights, lanes, weightLimit);
  }

  static Integrator of(short[] weights, int lanes, int weightLimit) {
    return new Shorts(weights, lanes, weightLimit);
  }

  /// Weights at a place, as ints, or longs, or shorts.
  abstract IntVector ints(int place);

  abstract LongVector longs(int place);

  abstract ShortVector shorts(int place);

  @Override
  public final void addOnes(int[] rows, int count, int[] sums, int at) {
    if (narrowRows < FEWEST_ROWS || count < FEWEST_ROWS || lanes <= INT_LANES) {
      addInts(rows, count, sums, at);
      return;
    }
    for (int lane = 0; lane < lanes; lane += 2 * SHORT_LANES) {
      addTwo(rows, count, lane, sums, at + lane);
    }
  }

  /// Two vectors of 16-bit sums: with more, the method grows beyond what the JIT keeps in
  /// registers.
  private void addTwo(int[] rows, int count, int lane, int[] sums, int at) {
    var a0 = IntVector.fromArray(INTS, sums, at);
    var a1 = IntVector.fromArray(INTS, sums, at + INT_LANES);
    var b0 = IntVector.fromArray(INTS, sums, at + 2 * INT_LANES);
    var b1 = IntVector.fromArray(INTS, sums, at + 3 * INT_LANES);
    for (int from = 0; from < count; from += narrowRows) {
      int to = Math.min(count, from + narrowRows);
      var a = ShortVector.zero(SHORTS);
      var b = ShortVector.zero(SHORTS);
      for (int i = from; i < to; i++) {
        int place = rows[i] * lanes + lane;
        a = a.add(shorts(place));
        b = b.add(shorts(place + SHORT_LANES));
      }
      a0 = a0.add(a.convertShape(VectorOperators.S2I, INTS, 0));
      a1 = a1.add(a.convertShape(VectorOperators.S2I, INTS, 1));
      b0 = b0.add(b.convertShape(VectorOperators.S2I, INTS, 0));
      b1 = b1.add(b.convertShape(VectorOperators.S2I, INTS, 1));
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + INT_LANES);
    b0.intoArray(sums, at + 2 * INT_LANES);
    b1.intoArray(sums, at + 3 * INT_LANES);
  }

  private void addInts(int[] rows, int count, int[] sums, int at) {
    int lane = 0;
    for (; lane + 4 * INT_LANES <= lanes; lane += 4 * INT_LANES) {
      int to = at + lane;
      var a = IntVector.fromArray(INTS, sums, to);
      var b = IntVector.fromArray(INTS, sums, to + INT_LANES);
      var c = IntVector.fromArray(INTS, sums, to + 2 * INT_LANES);
      var d = IntVector.fromArray(INTS, sums, to + 3 * INT_LANES);
      for (int i = 0; i < count; i++) {
        int place = rows[i] * lanes + lane;
        a = a.add(ints(place));
        b = b.add(ints(place + INT_LANES));
        c = c.add(ints(place + 2 * INT_LANES));
        d = d.add(ints(place + 3 * INT_LANES));
      }
      a.intoArray(sums, to);
      b.intoArray(sums, to + INT_LANES);
      c.intoArray(sums, to + 2 * INT_LANES);
      d.intoArray(sums, to + 3 * INT_LANES);
    }
    for (; lane < lanes; lane += INT_LANES) {
      var a = IntVector.fromArray(INTS, sums, at + lane);
      for (int i = 0; i < count; i++) {
        a = a.add(ints(rows[i] * lanes + lane));
      }
      a.intoArray(sums, at + lane);
    }
  }

  @Override
  public final void add(
      int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at) {
    for (int lane = 0; lane < lanes; lane += INT_LANES) {
      var a = IntVector.fromArray(INTS, sums, at + lane);
      for (int i = 0; i < count; i++) {
        int payload = (int) payloads[payloadsAt + rows[i]];
        a = a.add(ints(rows[i] * lanes + lane).mul(payload));
      }
      a.intoArray(sums, at + lane);
    }
  }

  @Override
  public final void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums) {
    for (int lane = 0; lane < lanes; lane += LONGS.length()) {
      var a = LongVector.fromArray(LONGS, sums, lane);
      for (int i = 0; i < count; i++) {
        a = a.add(longs(rows[i] * lanes + lane).mul(payloads[payloadsAt + rows[i]]));
      }
      a.intoArray(sums, lane);
    }
  }

  private static final class Bytes extends VectorIntegrator {
    private final byte[] weights;

    Bytes(byte[] weights, int lanes, int weightLimit) {
      super(lanes, weightLimit);
      this.weights = weights;
    }

    @Override
    IntVector ints(int place) {
      return (IntVector)
          ByteVector.fromArray(Species.BYTES, weights, place)
              .convertShape(VectorOperators.B2I, INTS, 0);
    }

    @Override
    LongVector longs(int place) {
      return (LongVector)
          ByteVector.fromArray(ByteVector.SPECIES_64, weights, place)
              .convertShape(VectorOperators.B2L, LONGS, 0);
    }

    @Override
    ShortVector shorts(int place) {
      return (ShortVector)
          ByteVector.fromArray(HALF_BYTES, weights, place)
              .convertShape(VectorOperators.B2S, SHORTS, 0);
    }
  }

  private static final class Shorts extends VectorIntegrator {
    private final short[] weights;

    Shorts(short[] weights, int lanes, int weightLimit) {
      super(lanes, weightLimit);
      this.weights = weights;
    }

    @Override
    IntVector ints(int place) {
      return (IntVector)
          ShortVector.fromArray(Species.SHORTS, weights, place)
              .convertShape(VectorOperators.S2I, INTS, 0);
    }

    @Override
    LongVector longs(int place) {
      return (LongVector)
          ShortVector.fromArray(Species.HALF_SHORTS, weights, place)
              .convertShape(VectorOperators.S2L, LONGS, 0);
    }

    @Override
    ShortVector shorts(int place) {
      return ShortVector.fromArray(SHORTS, weights, place);
    }
  }
}
