package engram.firmware.engines;

import engram.chip.Chip;
import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.PacketLoss;
import engram.chip.fault.RandomFlips;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Faults of every kind for whatever network a chip holds. All of it follows from the seed.
final class RandomFaults {
  private final Chip chip;
  private final Random random;
  private final int steps;

  private RandomFaults(Chip chip, long seed, int steps) {
    this.chip = chip;
    random = new Random(~seed);
    this.steps = steps;
  }

  /// @param steps of the run that the faults are for
  static List<Fault> of(Chip chip, long seed, int steps) {
    return new RandomFaults(chip, seed, steps).all();
  }

  private List<Fault> all() {
    var faults = new ArrayList<Fault>();
    var memories = memories();
    for (int i = 0; i < 12; i++) {
      var memory = memories.get(random.nextInt(memories.size()));
      faults.add(
          new RandomFlips(memory, 1 + random.nextInt(3), random.nextLong(), random.nextInt(steps)));
      if (memory instanceof FaultMemory.Field) {
        faults.add(new BitFlip(memory, 0, 0, random.nextInt(steps)));
      }
    }
    int[] cores = chip.coreNumbers();
    for (int i = 0; i < 2; i++) {
      int from = random.nextInt(steps);
      faults.add(
          new DeadCore(
              cores[random.nextInt(cores.length)], from, from + 1 + random.nextInt(steps / 3)));
    }
    for (int i = 0; i < 3; i++) {
      int from = random.nextInt(steps);
      faults.add(
          new PacketLoss(
              PacketLoss.units(random.nextDouble()),
              random.nextLong(),
              random.nextBoolean() ? PacketLoss.ANY : cores[random.nextInt(cores.length)],
              random.nextBoolean() ? PacketLoss.ANY : cores[random.nextInt(cores.length)],
              from,
              from + 1 + random.nextInt(steps / 2)));
    }
    return faults;
  }

  private List<FaultMemory> memories() {
    var memories = new ArrayList<FaultMemory>();
    var image = chip.image();
    for (var population : image.populations()) {
      if (!population.external()) {
        for (var symbol : image.programs().get(population.program()).symbols()) {
          if (symbol.role() == SymbolRole.FIELD || symbol.role() == SymbolRole.PARAM) {
            memories.add(new FaultMemory.Field(population.name(), symbol.name()));
          }
        }
      }
    }
    for (var projection : image.projections()) {
      memories.add(new FaultMemory.Weights(projection.name()));
      if (projection.learns()) {
        for (var tag : image.programs().get(projection.synapseProgram()).symbols(SymbolRole.TAG)) {
          memories.add(new FaultMemory.Tag(projection.name(), tag.name()));
        }
      }
    }
    return memories;
  }
}
