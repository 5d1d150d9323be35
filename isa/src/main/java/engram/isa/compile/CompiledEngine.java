package engram.isa.compile;

import engram.isa.NumberFormat;
import engram.isa.exec.Engine;
import engram.isa.exec.Integrator;
import engram.isa.exec.Interpreter;
import engram.isa.exec.LaneScan;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.NeuronKernel;
import engram.isa.exec.PackedWeights;
import engram.isa.exec.PlainIntegrator;
import engram.isa.exec.PlainScan;
import engram.isa.exec.RowBinding;
import engram.isa.exec.RowKernel;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseKernel;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Runs programs as JVM code: each becomes a hidden class, by vectors where the machine has them.
/// What it can't compile, the interpreter runs.
public final class CompiledEngine implements Engine {
  /// Module of the Vector API; the launcher adds it.
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private final boolean vectors;
  private final int mostCost;
  private final Interpreter interpreter = new Interpreter();

  /// What has been compiled so far.
  final Map<Key, Compiled> compiled = new ConcurrentHashMap<>();

  /// Programs that were left to the interpreter, each with the reason.
  private final Map<String, String> interpreted = new ConcurrentSkipListMap<>();

  record Key(Program program, Variant variant) {}

  /// With vectors if the Vector API is there.
  public CompiledEngine() {
    this(hasVectors());
  }

  /// @param vectors use the Vector API, else the scalar twin
  public CompiledEngine(boolean vectors) {
    this(vectors, Piece.MOST);
  }

  CompiledEngine(boolean vectors, int mostCost) {
    this.vectors = vectors;
    this.mostCost = mostCost;
  }

  /// True if this Java virtual machine was started with the Vector API.
  public static boolean hasVectors() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  /// True if it runs lanes by vectors.
  public boolean vectors() {
    return vectors;
  }

  @Override
  public String name() {
    return "compiled";
  }

  @Override
  public List<String> remarks() {
    var remarks = new ArrayList<String>();
    if (!vectors) {
      remarks.add(
          "Java was started without %s, so programs run one lane after the other (--add-modules=%s)"
              .formatted(VECTOR_MODULE, VECTOR_MODULE));
    }
    interpreted.forEach(
        (program, reason) -> remarks.add(program + " is left to the interpreter: " + reason));
    return remarks;
  }

  @Override
  public NeuronKernel neuron(NeuronBinding binding) {
    var program = binding.program();
    if (refused(program.program())) {
      return interpreter.neuron(binding);
    }
    boolean all = program.program().activity().kind() == Activity.Kind.ALWAYS;
    var some = neurons(Variant.Mode.ACTIVE_NEURONS, program.program());
    var variant = all ? neurons(Variant.Mode.NEURONS, program.program()) : some;
    var code = compileOrNull(program, variant);
    return code == null
        ? interpreter.neuron(binding)
        : new CompiledNeurons(code, () -> compile(program, some), binding);
  }

  private static Variant neurons(Variant.Mode mode, Program program) {
    return new Variant(mode, own(program), List.of(), null, NumberFormat.S32);
  }

  @Override
  public RowKernel row(RowBinding binding) {
    var program = binding.program();
    if (Staging.aliases(program.program())) {
      interpreted.put(
          program.toString(), "what it writes is also read at an age that a register holds");
      return interpreter.row(binding);
    }
    if (refused(program.program())) {
      return interpreter.row(binding);
    }
    var code = compileOrNull(program, staged());
    return code == null ? interpreter.row(binding) : new CompiledRows(code, binding);
  }

  private static Variant staged() {
    return new Variant(Variant.Mode.STAGED, List.of(), List.of(), null, NumberFormat.S32);
  }

  @Override
  public SynapseKernel synapse(SynapseBinding binding) {
    var program = binding.program();
    if (refused(program.program())) {
      return interpreter.synapse(binding);
    }
    var variant =
        switch (binding.layout()) {
          case SynapseLayout.Dense dense -> rows(binding, dense.mask() != null);
          case SparseRows _ -> staged();
          case SynapseLayout.Shared _ -> throw new IllegalStateException("shared weights learn");
        };
    var code = compileOrNull(program, variant);
    return code == null ? interpreter.synapse(binding) : new CompiledSynapses(code, binding);
  }

  private static Variant rows(SynapseBinding binding, boolean masked) {
    var storage = new ArrayList<Storage>();
    var formats = new ArrayList<NumberFormat>();
    var symbols = binding.program().program().symbols();
    for (int slot = 0; slot < symbols.size(); slot++) {
      var symbol = symbols.get(slot);
      var real =
          switch (symbol.role()) {
            case POST -> binding.post().program().symbol(binding.linkage().slot(slot));
            case ROW -> binding.rowStore().program().symbol(binding.linkage().slot(slot));
            default -> symbol;
          };
      storage.add(
          symbol.role() == SymbolRole.TAG
              ? storage(binding.tags()[slot])
              : CompiledNeurons.storage(real.role(), real.graded()));
      formats.add(real.format());
    }
    var mode =
        binding.mirror()
            ? masked ? Variant.Mode.MASKED_MIRRORED_ROWS : Variant.Mode.MIRRORED_ROWS
            : masked ? Variant.Mode.MASKED_ROWS : Variant.Mode.ROWS;
    return new Variant(mode, storage, formats, storage(binding.weights()), binding.weightFormat());
  }

  @Override
  public Integrator integrator(SynapseLayout layout, SynapseColumn weights, int weightLimit) {
    if (vectors && layout instanceof SynapseLayout.Dense dense) {
      switch (weights) {
        case SynapseColumn.Bytes(byte[] values, _) -> {
          return VectorIntegrator.of(values, dense.lanes(), weightLimit);
        }
        case SynapseColumn.Shorts(short[] values, _) -> {
          return VectorIntegrator.of(values, dense.lanes(), weightLimit);
        }
        case SynapseColumn.Packed(PackedWeights packed) -> {
          return new PackedIntegrator(packed, new PlainIntegrator(layout, weights));
        }
        case SynapseColumn.Ints _ -> {}
      }
    }
    return switch (layout) {
      case SparseRows sparse -> SparseIntegrator.of(sparse, weights);
      case SynapseLayout.Shared shared -> SharedIntegrator.of(shared, weights);
      case SynapseLayout.Dense _ -> new PlainIntegrator(layout, weights);
    };
  }

  @Override
  public LaneScan laneScan() {
    return vectors ? new VectorScan() : new PlainScan();
  }

  private static Storage storage(SynapseColumn column) {
    return switch (column) {
      case SynapseColumn.Bytes _ -> Storage.BYTES;
      case SynapseColumn.Shorts _ -> Storage.SHORTS;
      case SynapseColumn.Ints _ -> Storage.INTS;
      case SynapseColumn.Packed _ -> throw new IllegalStateException("packed weights learn");
    };
  }

  /// Storage of the symbols of a neuron program, by slot.
  private static List<Storage> own(Program program) {
    var storage = new ArrayList<Storage>();
    for (Symbol symbol : program.symbols()) {
      storage.add(CompiledNeurons.storage(symbol.role(), symbol.graded()));
    }
    return storage;
  }

  private boolean refused(Program program) {
    boolean refused = program.size() > Compiler.MOST_INSTRUCTIONS;
    if (refused) {
      interpreted.put(
          program.toString(),
          "instructions: %d (expected: at most %d)"
              .formatted(program.size(), Compiler.MOST_INSTRUCTIONS));
    }
    return refused;
  }

  /// Null if the code would be longer than a class can hold.
  private Compiled compileOrNull(VerifiedProgram program, Variant variant) {
    try {
      return compile(program, variant);
    } catch (CodeTooLongException tooLong) {
      interpreted.put(program.toString(), tooLong.getMessage());
      return null;
    }
  }

  private Compiled compile(VerifiedProgram program, Variant variant) {
    return compiled.computeIfAbsent(
        new Key(program.program(), variant),
        _ -> Compiled.of(new Compiler(program, variant, vectors, mostCost), program.program()));
  }
}
