package engram.isa.exec;

import engram.isa.Draw;
import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/// A neuron program in the interpreter, its fields set and read by name. Global registers are
/// numbered in order of declaration; a group has all lanes unless the test says otherwise.
public final class NeuronBench {
  final VerifiedProgram verified;
  final Program program;
  final LaneStore store;
  final Registers registers;
  private final int lanes;
  long step;
  long seed = 1;
  int ordinal;
  int firstIndex;
  int lag;
  int frame = 1;
  int groupSize;
  private Groups groups;

  public NeuronBench(String source, int lanes) {
    this(Assembler.assemble("bench.s", source, Map.of()).program(), lanes);
  }

  public NeuronBench(Program program, int lanes) {
    this.lanes = lanes;
    this.program = program;
    verified = Verifier.verify(program);
    store = new LaneStore(program, lanes);
    registers = new Registers(new int[program.symbols(SymbolRole.GLOBAL).size()]);
    groupSize = lanes;
  }

  private int slot(String name) {
    return program.slot(name).orElseThrow();
  }

  public NeuronBench set(String field, int... values) {
    var column = store.ints(slot(field));
    int at = column.at(step);
    for (int lane = 0; lane < lanes; lane++) {
      column.values()[at + lane] = values[lane % values.length];
    }
    column.touch(step);
    return this;
  }

  public int[] get(String field) {
    var column = store.ints(slot(field));
    return Arrays.copyOfRange(column.values(), column.at(step), column.at(step) + lanes);
  }

  /// Payloads of the present step, 0 where there is no event.
  int[] events(String stream) {
    return IntStream.range(0, lanes)
        .map(l -> store.stream(slot(stream)).payload(step, l))
        .toArray();
  }

  void register(String global, int value) {
    registers.write(globals()[slot(global)], step, value);
  }

  private int[] globals() {
    int[] numbers = new int[program.symbols().size()];
    int next = 0;
    for (int slot = 0; slot < numbers.length; slot++) {
      numbers[slot] = program.symbol(slot).role() == SymbolRole.GLOBAL ? next++ : -1;
    }
    return numbers;
  }

  /// Runs the present step.
  public NeuronBench run() {
    return run(null);
  }

  NeuronBench run(long[] active) {
    groups = new Groups(lanes, firstIndex);
    var surroundings =
        new Surroundings(
            registers, globals(), lag, Draw.base(seed, Draw.Kind.NEURON, ordinal), frame);
    int[] sizes = new int[program.symbols().size()];
    Arrays.fill(sizes, groupSize);
    var kernel =
        new Interpreter()
            .neuron(new NeuronBinding(verified, store, firstIndex, groups, sizes, surroundings));
    for (int section = 0; section < verified.sections().size(); section++) {
      kernel.run(section, active, step);
      int barrier = verified.sections().get(section).barrier();
      if (barrier >= 0) {
        groups.reduce(program.instruction(barrier).reducer(), groupSize);
      }
    }
    return this;
  }

  /// Makes the next step the present.
  void next() {
    store.advance(step);
    registers.advance(step);
    step++;
  }
}
