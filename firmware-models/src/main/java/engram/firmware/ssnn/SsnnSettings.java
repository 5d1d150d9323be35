package engram.firmware.ssnn;

import java.util.List;

/// Everything that decides an SSNN-BP network.
///
/// @param inputs values of a sample
/// @param hidden neurons of each hidden layer
/// @param classes output neurons
/// @param steps timesteps of a sample in training
/// @param weightBits width of a weight, 2 to 16
/// @param fractionBits of a weight, 1 to 16: one coincidence moves a weight by 2^-fractionBits
/// @param initScale factor on the first layer's initial weights
/// @param quietSteps first steps of a sample that neither teach nor vote
/// @param hiddenCores at least so many cores for each hidden layer; 0 for as few as possible
public record SsnnSettings(
    int inputs,
    List<Integer> hidden,
    int classes,
    int steps,
    int weightBits,
    int fractionBits,
    Membrane membrane,
    double initScale,
    int quietSteps,
    long seed,
    int hiddenCores) {

  public SsnnSettings {
    hidden = List.copyOf(hidden);
    require("inputs", inputs, 1, 1 << 20);
    require("hidden layers", hidden.size(), 1, 14);
    hidden.forEach(n -> require("hidden neurons", n, 1, 1 << 20));
    require("classes", classes, 2, 1 << 16);
    require("steps", steps, 1, 1 << 16);
    require("weight bits", weightBits, 2, 16);
    require("fraction bits", fractionBits, 1, 16);
    require("quiet steps", quietSteps, 0, steps - 1);
    if (!(initScale > 0) || initScale > 1024) {
      throw new IllegalArgumentException(
          "init scale: " + initScale + " (expected: more than 0, at most 1024)");
    }
  }

  private static void require(String what, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + low + " to " + high + ")");
    }
  }

  /// The yardstick's network: 784-128-10, 16 steps, 12-bit weights with 10 fraction bits.
  public static SsnnSettings defaults() {
    return new SsnnSettings(784, List.of(128), 10, 16, 12, 10, Membrane.MEMORYLESS, 1.0, 0, 1, 0);
  }

  public SsnnSettings withSeed(long seed) {
    return new SsnnSettings(
        inputs,
        hidden,
        classes,
        steps,
        weightBits,
        fractionBits,
        membrane,
        initScale,
        quietSteps,
        seed,
        hiddenCores);
  }

  public SsnnSettings withHidden(Integer... neurons) {
    return new SsnnSettings(
        inputs,
        List.of(neurons),
        classes,
        steps,
        weightBits,
        fractionBits,
        membrane,
        initScale,
        quietSteps,
        seed,
        hiddenCores);
  }

  public SsnnSettings withHiddenCores(int cores) {
    return new SsnnSettings(
        inputs,
        hidden,
        classes,
        steps,
        weightBits,
        fractionBits,
        membrane,
        initScale,
        quietSteps,
        seed,
        cores);
  }
}
