package engram.isa.exec;

/// What a program sees beyond its own lanes.
///
/// @param globals number of the chip's register for each slot of a global symbol
/// @param lag steps by which the population sees registers and clock later
/// @param drawBase `Draw.base` of the population or projection
/// @param frame timesteps of an algorithmic step
public record Surroundings(Registers registers, int[] globals, int lag, long drawBase, int frame) {

  /// The register of a slot as the population sees it, `age` steps before the present.
  public int global(int slot, long step, int age) {
    return registers.value(globals[slot], step - lag - age);
  }

  /// The clock as the population sees it.
  public long clock(long step, int age) {
    return registers.clock(step - lag - age);
  }

  /// Timestep within the sample.
  public int sampleStep(long step, int age) {
    return (int) clock(step, age);
  }

  /// Timestep within the frame.
  public int phase(long step) {
    return Math.floorMod(sampleStep(step, 0), frame);
  }
}
