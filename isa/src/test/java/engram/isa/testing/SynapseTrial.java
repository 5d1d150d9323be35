package engram.isa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.assembler.Assembler;
import engram.isa.assembler.Disassembler;
import engram.isa.exec.Engine;
import engram.isa.exec.Firing;
import engram.isa.exec.Interpreter;
import engram.isa.exec.LaneStore;
import engram.isa.exec.LongColumn;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Runs a synapse program over a random block in the interpreter and in the oracle, and holds one
/// against the other.
public final class SynapseTrial {
  private static final int ARRIVALS = 3;
  private static final VerifiedProgram ROW = verified(Universe.SYNAPSE_ROW);
  private static final VerifiedProgram NEURON = verified(Universe.SYNAPSE_NEURON);

  private final Program program;
  private final VerifiedProgram verified;
  private final Linkage linkage;
  private final SynapseLayout layout;
  private final NumberFormat weightFormat;
  private final SynapseColumn weights;
  private final SynapseColumn[] tags;
  private final LaneStore rowStore;
  private final LaneStore post;
  private final LongColumn payloads;
  private final int firstTarget;
  private final boolean mirror;
  private final long[] kills;
  private final Timeline timeline;
  private final int[] rows;
  private final int fired;
  private final long[][] postBits;
  private final long seed;
  private final int ordinal;

  /// Synapses in order of place: row and lane.
  private final List<int[]> synapses = new ArrayList<>();

  private Engine engine = new Interpreter();
  private BigInteger[] expectedWeights;
  private BigInteger[][] expectedTags;
  private StoreOracle expectedRows;
  private final Set<Integer> expectedKills = new HashSet<>();

  public SynapseTrial(Program program, int rowCount, int lanes, Random random) {
    this.program = program;
    verified = Verifier.verify(program);
    linkage = Linkage.of(verified, Optional.of(ROW), NEURON);
    layout = layout(rowCount, lanes, random);
    weightFormat =
        random.nextInt(4) == 0 ? NumberFormat.BIT : NumberFormat.signed(2 + random.nextInt(15));
    weights = SynapseColumn.of(weightFormat, layout.places());
    tags = new SynapseColumn[program.symbols().size()];
    for (int slot = 0; slot < tags.length; slot++) {
      if (program.symbol(slot).role() == SymbolRole.TAG) {
        var format = program.symbol(slot).format();
        tags[slot] = SynapseColumn.of(format, layout.places());
        for (int i = 0; i < layout.places(); i++) {
          tags[slot].set(i, format.saturate(Edges.mixed(random)));
        }
      }
    }
    for (int i = 0; i < layout.places(); i++) {
      int limit = weightFormat.max();
      weights.set(i, weightFormat.signed() ? random.nextInt(-limit, limit + 1) : random.nextInt(2));
    }
    rowStore = new LaneStore(ROW.program(), rowCount);
    post = new LaneStore(NEURON.program(), lanes);
    StoreOracle.randomise(rowStore, Timeline.PRESENT, random);
    StoreOracle.randomise(post, Timeline.PRESENT, random);
    payloads = Payloads.random(rowCount, ARRIVALS, random);
    firstTarget = random.nextInt(300);
    mirror = random.nextBoolean();
    kills = new long[(layout.places() + 63) / 64];
    timeline = new Timeline(program, random.nextInt(4), 1 + random.nextInt(5), random);
    rows = IntStream.range(0, rowCount).filter(_ -> random.nextInt(4) > 0).toArray();
    fired = random.nextInt(8);
    postBits = new long[program.triggers().size()][];
    for (int t = 0; t < postBits.length; t++) {
      if (program.triggers().get(t).hasPost()) {
        postBits[t] = random.longs((lanes + 63) / 64).toArray();
      }
    }
    seed = random.nextLong();
    ordinal = random.nextInt(20);
  }

  private static VerifiedProgram verified(String source) {
    return Verifier.verify(Assembler.assemble("other.s", source, Map.of()).program());
  }

  private SynapseLayout layout(int rowCount, int lanes, Random random) {
    int format = random.nextInt(3);
    var targets = new ArrayList<Integer>();
    int[] starts = new int[rowCount + 1];
    var masked = new SynapseLayout.Dense(rowCount, lanes, new long[rowCount * ((lanes + 63) / 64)]);
    for (int row = 0; row < rowCount; row++) {
      for (int lane = 0; lane < lanes; lane++) {
        boolean exists = format == 0 || random.nextInt(3) > 0;
        if (exists) {
          targets.add(lane);
          masked.set(row, lane, true);
        }
        if (exists || format == 1) {
          synapses.add(exists ? new int[] {row, lane} : null);
        }
      }
      starts[row + 1] = targets.size();
    }
    return switch (format) {
      case 0 -> new SynapseLayout.Dense(rowCount, lanes, null);
      case 1 -> masked;
      default ->
          SparseRows.of(rowCount, lanes, starts, targets.stream().mapToInt(t -> t).toArray());
    };
  }

  /// Judges another engine than the interpreter.
  public SynapseTrial on(Engine engine) {
    this.engine = engine;
    return this;
  }

  /// Sets a tag of the first synapses.
  public SynapseTrial set(String tag, int[] values) {
    var column = tags[program.slot(tag).orElseThrow()];
    for (int i = 0; i < Math.min(values.length, column.length()); i++) {
      column.set(i, values[i]);
    }
    return this;
  }

  public void run() {
    expectedWeights = copy(weights);
    expectedTags = new BigInteger[tags.length][];
    for (int slot = 0; slot < tags.length; slot++) {
      expectedTags[slot] = tags[slot] == null ? null : copy(tags[slot]);
    }
    expectedRows = new StoreOracle(rowStore, Timeline.PRESENT);
    var unchanged = new StoreOracle(post, Timeline.PRESENT);
    long ran = interpret();
    assertThat(ran).isEqualTo(oracle(unchanged));
    String about = Disassembler.disassemble(program);
    check(about, "w", weights, expectedWeights);
    for (int slot = 0; slot < tags.length; slot++) {
      if (tags[slot] != null) {
        check(about, program.symbol(slot).name(), tags[slot], expectedTags[slot]);
      }
    }
    expectedRows.check(about);
    unchanged.check(about);
    for (int place = 0; place < layout.places(); place++) {
      assertThat(kills[place / 64] >>> (place % 64) & 1)
          .as(about)
          .isEqualTo(expectedKills.contains(place) ? 1 : 0);
    }
  }

  private long interpret() {
    var firing = new Firing(layout.lanes(), postBits);
    firing.fire(fired);
    return engine
        .synapse(
            new SynapseBinding(
                verified,
                linkage,
                layout,
                weights,
                weightFormat,
                tags,
                rowStore,
                post,
                payloads,
                firstTarget,
                mirror,
                kills,
                timeline.surroundings(Draw.base(seed, Draw.Kind.SYNAPSE, ordinal))))
        .run(rows, 0, rows.length, firing, Timeline.PRESENT);
  }

  private long oracle(StoreOracle neurons) {
    var arrived = Payloads.copy(payloads, Timeline.PRESENT);
    var triggered = IntStream.of(rows).boxed().toList();
    long ran = 0;
    for (int place = 0; place < synapses.size(); place++) {
      var synapse = synapses.get(place);
      if (synapse != null && triggered.contains(synapse[0]) && runs(synapse[1])) {
        var world = new World(neurons, arrived, place, synapse[0], synapse[1]);
        new ScalarLane(program, world).run(0, program.size());
        ran++;
      }
    }
    return ran;
  }

  private boolean fires(int trigger, int lane) {
    boolean row = BigInteger.valueOf(fired).testBit(trigger);
    boolean target =
        postBits[trigger] == null || (postBits[trigger][lane / 64] >>> (lane % 64) & 1) == 1;
    return row && target;
  }

  private boolean runs(int lane) {
    return IntStream.range(0, postBits.length).anyMatch(t -> fires(t, lane));
  }

  private static BigInteger[] copy(SynapseColumn column) {
    return IntStream.range(0, column.length())
        .mapToObj(i -> BigInteger.valueOf(column.get(i)))
        .toArray(BigInteger[]::new);
  }

  private static void check(String about, String what, SynapseColumn is, BigInteger[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (is.get(i) != expected[i].intValueExact()) {
        throw new AssertionError(
            "%s, place %d: %d (expected: %d) in%n%s"
                .formatted(what, i, is.get(i), expected[i], about));
      }
    }
  }

  private final class World implements ScalarLane.World {
    private final StoreOracle neurons;
    private final BigInteger[][] arrived;
    private final int place;
    private final int row;
    private final int lane;

    World(StoreOracle neurons, BigInteger[][] arrived, int place, int row, int lane) {
      this.neurons = neurons;
      this.arrived = arrived;
      this.place = place;
      this.row = row;
      this.lane = lane;
    }

    private int source() {
      return mirror ? firstTarget + lane : row;
    }

    private int target() {
      return mirror ? row : firstTarget + lane;
    }

    private int there(Program other, int slot) {
      return other.slot(program.symbol(slot).name()).orElseThrow();
    }

    @Override
    public BigInteger load(int slot, int age) {
      var role = program.symbol(slot).role();
      if (Timeline.knows(role)) {
        return timeline.load(slot, age);
      }
      return switch (role) {
        case WEIGHT -> expectedWeights[place];
        case TAG -> expectedTags[slot][place];
        case ROW -> expectedRows.load(there(ROW.program(), slot), age, row);
        case POST -> neurons.load(there(NEURON.program(), slot), age, lane);
        case SOURCE -> BigInteger.valueOf(source());
        case TARGET -> BigInteger.valueOf(target());
        case PAYLOAD -> Exact.saturate(arrived[age][row], 32);
        default -> throw new AssertionError(role);
      };
    }

    @Override
    public BigInteger loadWide(int slot) {
      throw new AssertionError("ldacc");
    }

    @Override
    public void store(int slot, BigInteger value) {
      var symbol = program.symbol(slot);
      if (symbol.role() == SymbolRole.TAG) {
        expectedTags[slot][place] = Exact.narrow(value, symbol.format(), symbol.overflow());
        return;
      }
      var narrowed = Exact.narrow(value, weightFormat, Overflow.SATURATE);
      // Symmetric: the lowest value of a signed format is never used.
      var low = weightFormat.signed() ? BigInteger.valueOf(-weightFormat.max()) : BigInteger.ZERO;
      expectedWeights[place] = narrowed.max(low);
    }

    @Override
    public BigInteger random(int site) {
      long clock = timeline.clock(program.originAge());
      return DrawOracle.bits(
          seed,
          Draw.Kind.SYNAPSE,
          ordinal,
          clock,
          site,
          DrawOracle.synapseLane(source(), target()));
    }

    @Override
    public boolean cause(int trigger) {
      return fires(trigger, lane);
    }

    @Override
    public void rowAdd(int slot, BigInteger product) {
      expectedRows.add(there(ROW.program(), slot), row, product);
    }

    @Override
    public void kill() {
      expectedKills.add(place);
    }
  }
}
