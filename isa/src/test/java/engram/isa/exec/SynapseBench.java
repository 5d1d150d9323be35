package engram.isa.exec;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A synapse program in the interpreter, over a block whose rows have fields `x`, `y` and an
/// accumulator `sum` and whose neurons have a field `v` and a stream `spike`.
final class SynapseBench {
  private static final VerifiedProgram ROW =
      verify(
          """
          .program row row
          .field x : s32
          .field y : s32 history 2
          .acc   sum : s32
          .trigger each = step
                  mov r0, 0
          """);

  private static final VerifiedProgram NEURON =
      verify(
          """
          .program neuron neuron
          .field  v : s32 history 3
          .stream spike history 2
                  mov r0, 0
          """);

  private final VerifiedProgram verified;
  private final Program program;
  private final SynapseLayout layout;
  final NumberFormat format;
  final SynapseColumn weights;
  final SynapseColumn[] tags;
  final LaneStore rows;
  final LaneStore post;
  final LongColumn payloads;
  final long[] kills;
  final Registers registers;
  int firstTarget;
  boolean mirror;
  long seed = 1;
  int ordinal;
  long step;

  SynapseBench(String source, SynapseLayout layout, NumberFormat format) {
    verified = verify(source);
    program = verified.program();
    this.layout = layout;
    this.format = format;
    weights = SynapseColumn.of(format, layout.places());
    tags = new SynapseColumn[program.symbols().size()];
    for (int slot = 0; slot < tags.length; slot++) {
      if (program.symbol(slot).role() == SymbolRole.TAG) {
        tags[slot] = SynapseColumn.of(program.symbol(slot).format(), layout.places());
      }
    }
    rows = new LaneStore(ROW.program(), layout.rows());
    post = new LaneStore(NEURON.program(), layout.lanes());
    payloads = new LongColumn(layout.rows(), 2);
    kills = new long[(layout.places() + 63) / 64];
    registers = new Registers(new int[0]);
  }

  private static VerifiedProgram verify(String source) {
    return Verifier.verify(Assembler.assemble("bench.s", source, Map.of()).program());
  }

  /// Sets a field of a row.
  void row(String field, int row, int value) {
    var column = rows.ints(ROW.program().slot(field).orElseThrow());
    column.values()[column.at(step) + row] = value;
  }

  /// Sets the field `v` of a neuron.
  void neuron(int lane, int value) {
    var column = post.ints(0);
    column.values()[column.at(step) + lane] = value;
  }

  SynapseColumn tag(String name) {
    return tags[program.slot(name).orElseThrow()];
  }

  /// What was added to the accumulator of a row in the present step.
  long sum(int row) {
    var sums = rows.sums(ROW.program().slot("sum").orElseThrow());
    return sums.values()[sums.at(step) + row];
  }

  /// Runs over all rows.
  ///
  /// @param fired bits of the triggers whose terms on the row hold
  /// @param postBits for each trigger the lanes whose post-synaptic term holds, or null
  long run(int fired, long[]... postBits) {
    int[] all = IntStream.range(0, layout.rows()).toArray();
    return run(all, 0, all.length, fired, postBits);
  }

  long run(int[] which, int from, int to, int fired, long[]... postBits) {
    var surroundings =
        new Surroundings(registers, new int[0], 0, Draw.base(seed, Draw.Kind.SYNAPSE, ordinal), 1);
    long[][] bits = new long[program.triggers().size()][];
    System.arraycopy(postBits, 0, bits, 0, postBits.length);
    var firing = new Firing(layout.lanes(), bits);
    firing.fire(fired);
    return new Interpreter()
        .synapse(
            new SynapseBinding(
                verified,
                Linkage.of(verified, Optional.of(ROW), NEURON),
                layout,
                weights,
                format,
                tags,
                rows,
                post,
                payloads,
                firstTarget,
                mirror,
                kills,
                surroundings))
        .run(which, from, to, firing, step);
  }

  int[] weightValues() {
    return IntStream.range(0, weights.length()).map(weights::get).toArray();
  }
}
