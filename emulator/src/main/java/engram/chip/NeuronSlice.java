package engram.chip;

import engram.isa.Reducer;
import engram.isa.exec.Engine;
import engram.isa.exec.Groups;
import engram.isa.exec.LaneStore;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.NeuronKernel;
import engram.isa.exec.Surroundings;
import engram.isa.image.PopulationImage;
import engram.isa.image.SliceImage;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;
import java.util.Objects;

/// The neurons of one population that a core holds, with their program.
final class NeuronSlice {
  final PopulationImage population;
  final SliceImage image;
  final VerifiedProgram program;
  final LaneStore store;
  final ProgramCost cost;

  /// By slot; null elsewhere.
  private final Accumulator[] accumulators;

  private final Accumulator[] allAccumulators;
  private final Groups groups;
  private final ActiveLanes active;
  private final NeuronKernel kernel;
  private final Barrier[] barriers;

  /// The step that its columns are open for: the one that comes next, once a host has written into
  /// them or their core is at work, before that the last one.
  private long present;

  /// What ends a section of the program.
  private record Barrier(Reducer reducer, int groupSize) {}

  NeuronSlice(
      PopulationImage population,
      SliceImage image,
      VerifiedProgram program,
      Surroundings surroundings,
      Engine engine) {
    this.population = population;
    this.image = image;
    this.program = program;
    var symbols = program.program().symbols();
    store = new LaneStore(program.program(), image.count());
    image.values().forEach(store::fill);
    groups = new Groups(image.count(), image.first());
    int[] groupSizes = new int[symbols.size()];
    accumulators = new Accumulator[symbols.size()];
    for (int slot = 0; slot < symbols.size(); slot++) {
      var symbol = symbols.get(slot);
      if (symbol.role() == SymbolRole.GROUP) {
        groupSizes[slot] = population.groups().get(symbol.name());
      } else if (symbol.role() == SymbolRole.ACCUMULATOR) {
        accumulators[slot] =
            new Accumulator(program.program(), symbol, store.ints(slot), image.first());
      }
    }
    allAccumulators =
        Arrays.stream(accumulators).filter(Objects::nonNull).toArray(Accumulator[]::new);
    barriers =
        program.sections().stream()
            .map(section -> barrier(program, section.barrier(), groupSizes))
            .toArray(Barrier[]::new);
    active = new ActiveLanes(store, engine.laneScan());
    cost = new ProgramCost(program);
    kernel =
        engine.neuron(
            new NeuronBinding(program, store, image.first(), groups, groupSizes, surroundings));
  }

  /// The barrier at an instruction; null where a section ends with the program.
  private static Barrier barrier(VerifiedProgram program, int at, int[] groupSizes) {
    if (at < 0) {
      return null;
    }
    var instruction = program.program().instruction(at);
    return new Barrier(instruction.reducer(), groupSizes[instruction.slot()]);
  }

  int lanes() {
    return store.lanes();
  }

  /// The accumulator of a slot.
  Accumulator accumulator(int slot) {
    return accumulators[slot];
  }

  int scans() {
    return active.scans();
  }

  /// Begins to sum, after all that the step can add has been announced.
  void openAccumulators(long step) {
    for (var accumulator : allAccumulators) {
      if (!accumulator.isNarrow()) {
        accumulator.openWide(step);
      }
    }
  }

  /// Applies width and policy to the sums of the step.
  void closeAccumulators(long step) {
    for (var accumulator : allAccumulators) {
      accumulator.close(step);
    }
  }

  /// Runs the program over the active neurons; returns their number.
  int update(long step) {
    int running = active.find(step);
    if (running == 0) {
      return 0;
    }
    for (int section = 0; section < barriers.length; section++) {
      kernel.run(section, active.bits(), step);
      var barrier = barriers[section];
      if (barrier != null) {
        groups.reduce(barrier.reducer(), barrier.groupSize());
      }
    }
    return running;
  }

  /// Makes a step the present, if it is not yet: the one behind the present.
  void open(long step) {
    if (present != step) {
      store.advance(present);
      present = step;
    }
  }

  long present() {
    return present;
  }

  /// Goes on from a state.
  void resumeAt(long step) {
    present = step;
  }

  /// Forgets all activity; parameters stay.
  void reset() {
    store.reset();
    present = 0;
    for (var accumulator : allAccumulators) {
      accumulator.reset();
    }
  }
}
