package engram.isa.compile;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The shapes of vectors that compiled programs work with: constants for them to read.
///
/// Programs that need 64-bit values run half as many lanes at once, so that ints and longs have
/// equally many lanes.
final class Species {
  /// As many lanes as the machine's vectors hold ints.
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /// As many lanes as the machine's vectors hold longs.
  static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;

  /// Ints beside `LONGS`.
  static final VectorSpecies<Integer> HALF_INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(LONGS.length() * Integer.SIZE));

  static final VectorSpecies<Short> SHORTS = shorts(INTS);
  static final VectorSpecies<Short> HALF_SHORTS = shorts(HALF_INTS);
  static final VectorSpecies<Byte> BYTES = bytes(INTS);
  static final VectorSpecies<Byte> HALF_BYTES = bytes(HALF_INTS);

  private Species() {}

  /// As many lanes as of ints, or more where vectors are not made that small.
  private static VectorSpecies<Short> shorts(VectorSpecies<Integer> ints) {
    int bits = Math.max(64, ints.length() * Short.SIZE);
    return VectorSpecies.of(ShortVector.SPECIES_64.elementType(), VectorShape.forBitSize(bits));
  }

  private static VectorSpecies<Byte> bytes(VectorSpecies<Integer> ints) {
    int bits = Math.max(64, ints.length() * Byte.SIZE);
    return VectorSpecies.of(ByteVector.SPECIES_64.elementType(), VectorShape.forBitSize(bits));
  }
}
