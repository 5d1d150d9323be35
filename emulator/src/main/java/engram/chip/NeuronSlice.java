package engram.chip;

import engram.isa.Opcode;
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

/// The neurons of one population that a core holds, with their program.
final class NeuronSlice {
  final PopulationImage population;
  final SliceImage image;
  final VerifiedProgram program;
  final LaneStore store;
  final Groups groups;
  final Accumulator[] accumulators;
  final EmitPort[] ports;
  final ProgramCost cost;
  private final ActiveLanes active;
  private final NeuronKernel kernel;
  private final int[] groupSizes;

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
    groups = new Groups(image.count(), image.first());
    groupSizes = new int[symbols.size()];
    accumulators = new Accumulator[symbols.size()];
    ports = new EmitPort[symbols.size()];
    for (int slot = 0; slot < symbols.size(); slot++) {
      var symbol = symbols.get(slot);
      if (symbol.role() == SymbolRole.GROUP) {
        groupSizes[slot] = population.groups().get(symbol.name());
      } else if (symbol.role() == SymbolRole.ACCUMULATOR) {
        accumulators[slot] =
            new Accumulator(program.program(), symbol, store.ints(slot), image.first());
      }
    }
    image
        .values()
        .forEach((name, values) -> {
          var column = store.ints(program.program().slot(name).orElseThrow());
          for (int slot = 0; slot < column.depth(); slot++) {
            System.arraycopy(values, 0, column.values(), column.at(slot), values.length);
          }
        });
    active = new ActiveLanes(store);
    cost = new ProgramCost(program);
    kernel =
        engine.neuron(
            new NeuronBinding(program, store, image.first(), groups, groupSizes, surroundings));
  }

  int lanes() {
    return store.lanes();
  }

  int scans() {
    return active.scans();
  }

  /// Runs the program over the active neurons; returns their number.
  int update(long step) {
    int running = active.scan(step);
    if (running == 0) {
      return 0;
    }
    var sections = program.sections();
    for (int section = 0; section < sections.size(); section++) {
      kernel.run(section, active.bits(), step);
      int barrier = sections.get(section).barrier();
      if (barrier >= 0) {
        var instruction = program.program().instruction(barrier);
        groups.reduce(instruction.reducer(), groupSizes[instruction.slot()]);
      }
    }
    return running;
  }

  /// Number of barriers of the program.
  int barriers() {
    return (int)
        program.program().instructions().stream().filter(i -> i.opcode() == Opcode.REDUCE).count();
  }

  /// Makes `step + 1` the present.
  void advance(long step) {
    store.advance(step);
  }
}
