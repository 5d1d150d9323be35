package engram.firmware.network;

import engram.isa.Draw;
import engram.isa.NumberFormat;

/// Which synapses a projection has and what they weigh at first. Real numbers become integers of
/// the weight's format, rounded to nearest and clipped to its symmetric range.
public sealed interface Weights {
  /// Weights of all pairs, even between -half and half.
  record Uniform(double half) implements Weights {}

  /// One weight for all pairs.
  record Constant(double value) implements Weights {}

  /// Neuron i to neuron i.
  record OneToOne(double value) implements Weights {}

  /// Each pair with a probability; weights even between low and high.
  record Random(double probability, double low, double high) implements Weights {}

  /// Integers as stored, `source * targets + target`; zero is a synapse too.
  record Given(int[] values) implements Weights {}

  /// True if every pair has a synapse.
  default boolean dense() {
    return !(this instanceof OneToOne) && !(this instanceof Random);
  }

  /// True if a pair has a synapse.
  ///
  /// @param base `Draw.base` of the projection's initial values
  default boolean exists(long base, int source, int target) {
    return switch (this) {
      case OneToOne _ -> source == target;
      case Random random -> unit(base, 1, source, target) < random.probability();
      case Uniform _, Constant _, Given _ -> true;
    };
  }

  /// The weight of a pair.
  default int weight(long base, NumberFormat format, int targets, int source, int target) {
    return switch (this) {
      case Uniform(double half) -> stored(format, (2 * unit(base, 0, source, target) - 1) * half);
      case Constant(double value) -> stored(format, value);
      case OneToOne(double value) -> stored(format, value);
      case Random(_, double low, double high) ->
          stored(format, low + (high - low) * unit(base, 0, source, target));
      case Given(int[] values) -> values[source * targets + target];
    };
  }

  /// An even draw in 0..1.
  private static double unit(long base, int site, int source, int target) {
    long key = Draw.atSite(Draw.atClock(base, 0), site);
    return (Draw.bits(key, Draw.synapseLane(source, target)) & 0xffff_ffffL) * 0x1p-32;
  }

  private static int stored(NumberFormat format, double value) {
    double scaled = Math.floor(Math.scalb(value, format.fraction()) + 0.5);
    double high = format.max();
    double low = format.signed() ? -high : 0;
    return (int) Math.min(Math.max(scaled, low), high);
  }
}
