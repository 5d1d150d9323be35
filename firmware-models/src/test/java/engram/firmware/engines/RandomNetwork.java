package engram.firmware.engines;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Presets;
import engram.firmware.TestChips;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.SequencerRef;
import engram.firmware.network.Weights;
import engram.firmware.ssnn.Membrane;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A network of programs that come with Engram, and a host that injects and writes now and then.
/// All of it follows from the seed.
final class RandomNetwork {
  /// What the library's learning programs need beside them and the library has not.
  private static final Map<String, String> OWN =
      Map.of(
          "readout",
          """
          .program neuron readout
          .const  LEVEL = 64
          .acc    in  : s24
          .field  v   : s24
          .field  err : s16
          .stream spike graded
                  ld    r0, v
                  mul   r0, r0, 3072, 12, zero
                  ld    r1, in
                  add   r0, r0, r1
                  st    v, r0
                  shr   r1, r0, 3, stochastic
                  st    err, r1
                  cmpgt p1, r0, LEVEL
            (p1)  emit  spike, r1
          """,
          "payload",
          """
          .program row payload
          .field x : u20
          .trigger each = step
                  ld  r0, payload
                  shl r0, r0, 15
                  st  x, r0
          """,
          "prune",
          """
          .program synapse prune
          .global rewire : u4
          .tag    seen : u7
          .trigger came = pre
          .trigger now  = rewire
                  ld    r0, w
                  cause p1, came
                  ld    r1, seen
            (p1)  add   r1, r1, 1
            (p1)  sub   r0, r0, 1
                  st    seen, r1
                  st    w, r0
                  cause p2, now
                  cmple p3, r0, 0
                  pand  p2, p2, p3
            (p2)  kill
          """);

  private enum Kind {
    EXTERNAL(""),
    BERNOULLI("encoders/bernoulli"),
    LATENCY("encoders/latency"),
    RATE("encoders/rate"),
    LIF("neurons/lif", "in"),
    CUBA_LIF("neurons/cuba_lif", "in"),
    CROSSBAR("neurons/crossbar", "a0", "a1", "a2", "a3"),
    STDP("stdp/neuron", "in"),
    ALIF("eprop/alif", "in", "signal"),
    HIDDEN("ssnn/hidden", "drive", "error"),
    HIDDEN_AVERAGE("ssnn/hidden_average", "drive", "error"),
    OUTPUT("ssnn/output", "drive", "label"),
    READOUT("readout", "in");

    private final String program;
    private final List<String> accumulators;

    Kind(String program, String... accumulators) {
      this.program = program;
      this.accumulators = List.of(accumulators);
    }

    boolean listens() {
      return !accumulators.isEmpty();
    }

    boolean hasInput() {
      return compareTo(BERNOULLI) >= 0 && compareTo(RATE) <= 0;
    }
  }

  private record Group(String name, Kind kind, int neurons) {}

  private final long seed;
  private final Random random;
  private final Network.Builder builder;
  private final List<Group> groups = new ArrayList<>();
  private final Network network;
  private int projections;

  RandomNetwork(long seed) {
    this.seed = seed;
    random = generator(0);
    builder = Network.named("random").seed(random.nextLong());
    network = random.nextInt(4) == 0 ? SsnnNetwork.of(settings()) : mixed();
  }

  /// Generators with seeds side by side begin alike unless the seeds are spread.
  private Random generator(long about) {
    return new Random((seed + about * 0xD1342543DE82EF95L) * 0x9E3779B97F4A7C15L);
  }

  Network network() {
    return network;
  }

  Chip load(ChipOptions options) {
    var preset = Presets.named("engram-1");
    var mapping = Mapper.map(network, preset.spec(), TestChips.firmware(OWN));
    return Chip.load(preset, mapping.image(), options);
  }

  // The network.

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  private SsnnSettings settings() {
    var hidden = new ArrayList<Integer>();
    for (int layers = between(1, 2); layers > 0; layers--) {
      hidden.add(between(5, 90));
    }
    int bits = between(2, 16);
    return new SsnnSettings(
        between(4, 80),
        hidden,
        between(2, 10),
        16,
        bits,
        between(1, Math.max(1, bits - 2)),
        random.nextBoolean() ? Membrane.MEMORYLESS : new Membrane(between(1, 4)),
        1,
        between(0, 2),
        random.nextLong(),
        between(1, 3));
  }

  private Network mixed() {
    add(Kind.EXTERNAL);
    add(Kind.values()[between(Kind.BERNOULLI.ordinal(), Kind.RATE.ordinal())]);
    for (int more = between(2, 5); more > 0; more--) {
      add(Kind.values()[between(Kind.LIF.ordinal(), Kind.READOUT.ordinal())]);
    }
    for (var group : groups) {
      if (group.kind().listens()) {
        for (int ways = between(1, 3); ways > 0; ways--) {
          project(groups.get(random.nextInt(groups.size())), group);
        }
      }
    }
    if (random.nextInt(3) == 0) {
      rewired();
    }
    if (random.nextInt(3) == 0) {
      convolution();
    }
    return builder.build();
  }

  private void add(Kind kind) {
    var group = new Group(kind.name().toLowerCase() + groups.size(), kind, between(1, 100));
    groups.add(group);
    builder.add(population(group));
  }

  private Population population(Group group) {
    if (group.kind() == Kind.EXTERNAL) {
      return Population.external(group.name(), group.neurons());
    }
    var program = ProgramRef.of(group.kind().program);
    int level = 1 << between(2, 10);
    program =
        switch (group.kind()) {
          case LIF, CUBA_LIF, CROSSBAR, STDP -> program.with("THRESHOLD", level);
          case READOUT -> program.with("LEVEL", level);
          case HIDDEN, HIDDEN_AVERAGE ->
              program.with("F", between(2, 10)).with("AGE", between(0, 5));
          case OUTPUT -> program.with("F", between(2, 10));
          case EXTERNAL, BERNOULLI, LATENCY, RATE, ALIF -> program;
        };
    var population = Population.of(group.name(), group.neurons(), program);
    if (group.kind().hasInput()) {
      population = population.withValues("x", random.ints(group.neurons(), 0, 120).toArray());
    }
    if (group.kind() == Kind.CROSSBAR) {
      for (int i = 0; i < 4; i++) {
        population =
            population.withValues("w" + i, random.ints(group.neurons(), -60, 200).toArray());
      }
    }
    if (random.nextInt(4) == 0) {
      population = population.withLag(between(1, 4));
    }
    return population.onCores(Math.min(group.neurons(), between(1, 3)));
  }

  private void project(Group from, Group to) {
    var type = weightType();
    var weights = weights(type, from.neurons() * to.neurons());
    var dense = weights instanceof Weights.Random ? SynapseFormat.SPARSE : SynapseFormat.DENSE;
    var formats = List.of(dense, SynapseFormat.SPARSE, SynapseFormat.MASKED);
    var projection =
        projection(from, to).weights(type, weights).format(formats.get(random.nextInt(3)));
    String name = "w" + (projections - 1);
    if (random.nextInt(3) > 0) {
      learning(projection, name, from, to);
    }
    builder.add(projection);
  }

  private Projection.Builder projection(Group from, Group to) {
    var projection = Projection.named("w" + projections++);
    for (int lines = between(1, 5) / 4; lines >= 0; lines--) {
      int delay = random.nextInt(3) > 0 ? 1 : between(1, 63);
      projection.from(from.name(), "spike", random.nextInt(4) > 0 ? 1 : -1, delay);
    }
    var accumulators = to.kind().accumulators;
    int which = random.nextInt(accumulators.size());
    return projection.to(
        to.name(), accumulators.get(to.kind() == Kind.CROSSBAR ? which : which / 2));
  }

  private NumberFormat weightType() {
    int bits = between(1, 16);
    return new NumberFormat(bits > 1, bits, 0);
  }

  /// More weights up than down, some of them zero.
  private Weights weights(NumberFormat type, int pairs) {
    int high = type.max();
    int low = type.signed() ? -high / 2 : 0;
    return switch (between(0, 2)) {
      case 0 -> new Weights.Random(random.nextDouble(), low, high);
      case 1 -> new Weights.Uniform(high);
      default -> new Weights.Given(random.ints(pairs, low, high + 1).toArray());
    };
  }

  private void learning(Projection.Builder projection, String name, Group from, Group to) {
    switch (to.kind()) {
      case STDP ->
          projection
              .rows(ProgramRef.of("stdp/trace"))
              .learning(ProgramRef.of("stdp/reward").with("SHIFT", between(2, 9)));
      case ALIF -> {
        if (random.nextBoolean()) {
          projection
              .rows(ProgramRef.of("eprop/trace"))
              .learning(ProgramRef.of("eprop/alif_synapse").with("ETA", between(2, 10)));
        } else {
          projection.rows(ProgramRef.of("payload")).learning(ProgramRef.of("fptt/parameter"));
        }
      }
      case READOUT -> {
        projection
            .rows(ProgramRef.of("eprop/readout_row"))
            .learning(ProgramRef.of("eprop/readout").with("ETA", between(2, 10)));
        if (from.kind() == Kind.ALIF) {
          builder.add(
              Projection.named("back" + name)
                  .fromRows(from.name(), name, new Line("signal", 1, between(1, 3)))
                  .to(from.name(), "signal")
                  .weights(NumberFormat.BIT, new Weights.OneToOne(1)));
        }
      }
      case HIDDEN, HIDDEN_AVERAGE, OUTPUT ->
          projection.learning(ProgramRef.of("ssnn/coincidence").with("AGE", between(0, 6)));
      case EXTERNAL, BERNOULLI, LATENCY, RATE, LIF, CUBA_LIF, CROSSBAR -> {}
    }
  }

  /// Synapses that die and are born elsewhere.
  private void rewired() {
    var to = new Group("rewired", Kind.LIF, between(2, 80));
    builder.add(population(to));
    int bits = between(3, 12);
    builder.add(
        projection(groups.getFirst(), to)
            .weights(NumberFormat.signed(bits), new Weights.Random(0.4, -2, 1 << (bits - 2)))
            .format(SynapseFormat.MASKED)
            .learning(ProgramRef.of("prune")));
    builder.add(new SequencerRef.Rewire("rewire", "w" + (projections - 1)));
  }

  private void convolution() {
    var grid =
        new Weights.Grid(
            between(4, 8),
            between(4, 8),
            between(1, 2),
            between(1, 3),
            between(1, 4),
            between(1, 2),
            between(0, 2));
    var from = new Group("picture", Kind.EXTERNAL, grid.sources());
    var to = new Group("features", Kind.LIF, grid.targets());
    groups.add(from);
    builder.add(population(from)).add(population(to));
    int[] kernel = random.ints(grid.weights(), -20, 40).toArray();
    builder.add(
        projection(from, to)
            .weights(NumberFormat.signed(8), new Weights.Convolution(grid, kernel))
            .format(SynapseFormat.SHARED));
  }

  // The host.

  /// What the host does before a step: the same for every chip.
  void meddle(Chip chip, int step) {
    var host = generator(1 + step);
    for (var population : network.populations()) {
      if (population.program() == null) {
        inject(chip, population, host);
      } else if (population.program().name().startsWith("encoders/") && host.nextInt(6) == 0) {
        int first = host.nextInt(population.neurons());
        int count = 1 + host.nextInt(population.neurons() - first);
        int top = host.nextInt(257);
        chip.write(population.name(), "x", first, host.ints(count, 0, top + 1).toArray());
      }
    }
    for (var register : chip.image().registers()) {
      if (host.nextInt(5) == 0) {
        int near = host.nextInt(9) - 4;
        int any = register.format().wrap(host.nextInt());
        chip.setRegister(
            register.name(), register.format().saturate(host.nextBoolean() ? near : any));
      }
    }
    if (host.nextInt(12) == 0) {
      chip.setClock((long) host.nextInt(1000) << 32);
    }
  }

  private static void inject(Chip chip, Population population, Random host) {
    int events = host.nextInt(3) == 0 ? 0 : host.nextInt(1 + population.neurons() / 2);
    for (int i = 0; i < events; i++) {
      int payload =
          switch (host.nextInt(40)) {
            case 0 -> (short) host.nextInt();
            case 1, 2, 3, 4 -> host.nextInt(21) - 10;
            default -> 1;
          };
      chip.inject(population.name(), host.nextInt(population.neurons()), payload);
    }
  }
}
