package engram.firmware.mapper;

import engram.isa.image.CoreSpec;
import engram.isa.image.Memory;
import engram.isa.image.MemoryModel;
import engram.isa.verify.VerifiedProgram;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What some slices, together with all their inputs, take of the memories of the core that holds
/// them. A program is loaded once, however many slices run it.
final class Demand {
  private final Map<Memory, Long> words = new EnumMap<>(Memory.class);
  private final Set<VerifiedProgram> programs = new HashSet<>();

  private void add(Memory memory, long amount) {
    words.merge(memory, amount, Long::sum);
  }

  private void load(VerifiedProgram program) {
    if (programs.add(program)) {
      add(Memory.PROGRAM, program.program().memoryWords());
    }
  }

  /// The demand of neurons `first` to before `first + count` of a population.
  ///
  /// @param inputs all connections that end on the population
  static Demand of(
      VerifiedProgram program, int lag, List<Connections> inputs, int first, int count) {
    var demand = new Demand();
    demand.add(Memory.NEURONS, count);
    demand.add(
        Memory.STATE,
        MemoryModel.neuronWords(program.program(), count)
            + MemoryModel.registerWords(program, lag));
    demand.load(program);
    for (var input : inputs) {
      demand.add(input, lag, first, count);
    }
    return demand;
  }

  private void add(Connections input, int lag, int first, int count) {
    int oldest = -1;
    if (input.row != null) {
      oldest = input.row.oldestArrival();
      add(Memory.STATE, MemoryModel.registerWords(input.row, lag));
      load(input.row);
    }
    if (input.learn != null) {
      oldest = Math.max(oldest, input.learn.oldestArrival());
      add(Memory.STATE, MemoryModel.registerWords(input.learn, lag));
      load(input.learn);
    }
    long synapses =
        MemoryModel.blockWords(
            input.layout(first, count),
            input.projection().type(),
            input.learn == null ? null : input.learn.program());
    long rows =
        MemoryModel.rowWords(input.row == null ? null : input.row.program(), oldest, input.rows());
    add(Memory.SYNAPSE, synapses + rows);
    add(Memory.AXON, (long) input.rows() * input.projection().lines().size());
  }

  /// The demand of both on one core.
  Demand plus(Demand other) {
    var sum = new Demand();
    sum.programs.addAll(programs);
    sum.words.putAll(words);
    other.words.forEach((memory, amount) -> {
      if (memory != Memory.PROGRAM) {
        sum.add(memory, amount);
      }
    });
    other.programs.forEach(sum::load);
    return sum;
  }

  long of(Memory memory) {
    return words.getOrDefault(memory, 0L);
  }

  boolean fits(CoreSpec core) {
    return words.entrySet().stream().allMatch(e -> e.getValue() <= e.getKey().limit(core));
  }
}
