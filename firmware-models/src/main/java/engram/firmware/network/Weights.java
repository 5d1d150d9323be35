package engram.firmware.network;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.image.SynapseFormat;
import java.util.function.IntConsumer;

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
  record Random(double probability, double low, double high) implements Weights {
    public Random {
      if (!(probability >= 0) || probability > 1) {
        throw new IllegalArgumentException("probability: " + probability + " (expected: 0 to 1)");
      }
    }

    /// Draws the gaps between targets, not the targets one by one: site 1 of the initial values,
    /// with the source in place of the clock and the number of the gap as lane. A gap of g has the
    /// probability (1 - p)^g p.
    private void forEachTargetOf(long base, int source, int targets, IntConsumer target) {
      if (probability == 0) {
        return;
      }
      long key = Draw.atSite(Draw.atClock(base, source), 1);
      double scale = 1 / StrictMath.log1p(-probability);
      long next = -1;
      for (int gap = 0; ; gap++) {
        double u = ((Draw.bits(key, gap) & 0xffff_ffffL) + 0.5) * 0x1p-32;
        next += 1 + (long) (StrictMath.log(u) * scale);
        if (next >= targets) {
          return;
        }
        target.accept((int) next);
      }
    }
  }

  /// Integers as stored, `source * targets + target`; zero is a synapse too.
  record Given(int[] values) implements Weights {}

  /// One small kernel for all places of an image. Neurons count channel by channel, row by row:
  /// `(channel * height + y) * width + x`.
  ///
  /// @param kernel integers as stored, `((output * inputs + input) * size + ky) * size + kx`
  record Convolution(Grid grid, int[] kernel) implements Weights {}

  /// The shape of a convolution.
  ///
  /// @param inputs channels of the source
  /// @param outputs channels of the target
  /// @param size side of the kernel
  /// @param padding rows and columns of nothing around the source image
  record Grid(int height, int width, int inputs, int outputs, int size, int stride, int padding) {
    public Grid {
      require("height", height, 1);
      require("width", width, 1);
      require("inputs", inputs, 1);
      require("outputs", outputs, 1);
      require("size", size, 1);
      require("stride", stride, 1);
      require("padding", padding, 0);
      if (size > height + 2 * padding || size > width + 2 * padding) {
        throw new IllegalArgumentException(
            "kernel size: "
                + size
                + " (expected: at most "
                + (Math.min(height, width) + 2 * padding)
                + ", the padded image)");
      }
    }

    private static void require(String what, int value, int low) {
      if (value < low || value > 1 << 20) {
        throw new IllegalArgumentException(
            what + ": " + value + " (expected: " + low + " to " + (1 << 20) + ")");
      }
    }

    public int outputHeight() {
      return (height + 2 * padding - size) / stride + 1;
    }

    public int outputWidth() {
      return (width + 2 * padding - size) / stride + 1;
    }

    public int sources() {
      return Math.multiplyExact(inputs, Math.multiplyExact(height, width));
    }

    public int targets() {
      return Math.multiplyExact(outputs, Math.multiplyExact(outputHeight(), outputWidth()));
    }

    /// Integers of the kernel.
    public int weights() {
      return Math.multiplyExact(Math.multiplyExact(outputs, inputs), size * size);
    }

    /// Which integer of the kernel joins two neurons, or -1 if they are not joined.
    public int weightOf(int source, int target) {
      int channel = target / (outputHeight() * outputWidth());
      int place = target % (outputHeight() * outputWidth());
      int input = source / (height * width);
      int pixel = source % (height * width);
      int ky = pixel / width + padding - place / outputWidth() * stride;
      int kx = pixel % width + padding - place % outputWidth() * stride;
      boolean joined = ky >= 0 && ky < size && kx >= 0 && kx < size;
      return joined ? ((channel * inputs + input) * size + ky) * size + kx : -1;
    }

    /// Pairs that are joined: of each place of the kernel, the places of the output at which it
    /// lies within the image.
    private double synapses() {
      return (double) inputs
          * outputs
          * inside(height, outputHeight())
          * inside(width, outputWidth());
    }

    private long inside(int side, int places) {
      long inside = 0;
      for (int k = 0; k < size; k++) {
        int low = Math.max(0, Math.ceilDiv(padding - k, stride));
        int high = Math.min(places - 1, Math.floorDiv(side - 1 + padding - k, stride));
        inside += Math.max(0, high - low + 1);
      }
      return inside;
    }

    private void forEachTarget(int source, IntConsumer target) {
      int y = source % (height * width) / width + padding;
      int x = source % width + padding;
      int lowY = first(y);
      int highY = Math.min(y / stride, outputHeight() - 1);
      int lowX = first(x);
      int highX = Math.min(x / stride, outputWidth() - 1);
      for (int channel = 0; channel < outputs; channel++) {
        for (int oy = lowY; oy <= highY; oy++) {
          for (int ox = lowX; ox <= highX; ox++) {
            target.accept((channel * outputHeight() + oy) * outputWidth() + ox);
          }
        }
      }
    }

    /// The first output place whose kernel reaches a padded coordinate.
    private int first(int at) {
      return Math.max(0, Math.ceilDiv(at - size + 1, stride));
    }
  }

  /// True if every pair has a synapse.
  default boolean dense() {
    return switch (this) {
      case Uniform _, Constant _, Given _ -> true;
      case OneToOne _, Random _, Convolution _ -> false;
    };
  }

  /// Synapses that there will be, at least: some fewer than the mean where chance decides.
  default double leastSynapses(int sources, int targets) {
    double pairs = (double) sources * targets;
    return switch (this) {
      case Uniform _, Constant _, Given _ -> pairs;
      case OneToOne _ -> Math.min(sources, targets);
      case Random(double probability, _, _) -> {
        double mean = Math.clamp(probability, 0, 1) * pairs;
        yield mean - 8 * Math.sqrt(mean);
      }
      case Convolution(Grid grid, _) -> grid.synapses();
    };
  }

  /// How such synapses are stored unless the network says otherwise.
  default SynapseFormat naturalFormat() {
    return switch (this) {
      case Uniform _, Constant _, Given _ -> SynapseFormat.DENSE;
      case OneToOne _, Random _ -> SynapseFormat.SPARSE;
      case Convolution _ -> SynapseFormat.SHARED;
    };
  }

  /// Names the targets of a source neuron in ascending order.
  ///
  /// @param base `Draw.base` of the projection's initial values
  default void forEachTarget(long base, int source, int targets, IntConsumer target) {
    switch (this) {
      case Uniform _, Constant _, Given _ -> {
        for (int t = 0; t < targets; t++) {
          target.accept(t);
        }
      }
      case OneToOne _ -> {
        if (source < targets) {
          target.accept(source);
        }
      }
      case Random random -> random.forEachTargetOf(base, source, targets, target);
      case Convolution(Grid grid, _) -> grid.forEachTarget(source, target);
    }
  }

  /// The weight of a synapse.
  default int weight(long base, NumberFormat format, int targets, int source, int target) {
    return switch (this) {
      case Uniform(double half) -> stored(format, (2 * unit(base, source, target) - 1) * half);
      case Constant(double value) -> stored(format, value);
      case OneToOne(double value) -> stored(format, value);
      case Random(_, double low, double high) ->
          stored(format, low + (high - low) * unit(base, source, target));
      case Given(int[] values) -> values[source * targets + target];
      case Convolution(Grid grid, int[] kernel) -> kernel[grid.weightOf(source, target)];
    };
  }

  /// An even draw in 0..1: site 0 of the initial values.
  private static double unit(long base, int source, int target) {
    long key = Draw.atSite(Draw.atClock(base, 0), 0);
    return (Draw.bits(key, Draw.synapseLane(source, target)) & 0xffff_ffffL) * 0x1p-32;
  }

  private static int stored(NumberFormat format, double value) {
    double scaled = Math.floor(Math.scalb(value, format.fraction()) + 0.5);
    double high = format.max();
    double low = format.signed() ? -high : 0;
    return (int) Math.min(Math.max(scaled, low), high);
  }
}
