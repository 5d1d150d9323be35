package engram.chip;

import engram.chip.noc.AnalyticNoc;
import engram.chip.noc.FlitNoc;
import engram.chip.noc.Noc;
import engram.chip.noc.RouteTree;
import engram.chip.preset.Counter;
import engram.chip.preset.Energy;
import engram.chip.preset.Preset;
import engram.isa.Draw;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.Registers;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.image.BlockImage;
import engram.isa.image.CheckedImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.ImageChecker;
import engram.isa.image.LoadReport;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RouteImage;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An emulated chip: cores on a mesh, loaded with an image, stepped by one thread that owns it.
///
/// Between two steps the owner writes fields, registers and events; they take effect, whole, before
/// the next step's DELIVER. What it reads is what the last step left. Names are those of the
/// network.
public final class Chip implements AutoCloseable {
  private final Preset preset;
  private final CheckedImage checked;
  private final ChipImage image;
  private final ChipOptions options;
  private final Registers registers;
  private final List<Core> cores = new ArrayList<>();
  private final ChipState state;
  private final CorePool pool;
  private final SequencerEngine sequencers;
  private final Noc noc;
  private final Map<Integer, HostPort> hostPorts = new LinkedHashMap<>();
  private final int[] initialRegisters;

  /// The step that comes next; of the one before it nothing is left to do.
  private long step;

  /// The step that comes next is already the present: writes have begun.
  private boolean open = true;

  private long cycles;
  private long networkCycles;
  private long steps;
  private long hostBits;
  private long aroundNanos;
  private ChipStop stopped;

  /// Events that the host injects into an external population.
  private record HostPort(EmitPort port, StreamColumn stream, List<Channel> channels) {}

  private Chip(Preset preset, CheckedImage checked, ChipOptions options) {
    this.preset = preset;
    this.options = options;
    image = checked.image().withoutWeights();
    this.checked =
        new CheckedImage(
            checked.spec(), image, checked.programs(), checked.linkages(), checked.report());
    initialRegisters = image.registers().stream().mapToInt(r -> r.initial()).toArray();
    registers = new Registers(initialRegisters);
    checked.image().cores().forEach(core -> cores.add(core(core)));
    noc = noc();
    connect();
    state = new ChipState(image, registers, cores);
    pool = new CorePool(cores.toArray(Core[]::new), options.threads(), options.profile());
    sequencers = new SequencerEngine(image, state, cores, registers, preset.timing());
  }

  private Noc noc() {
    var mesh = preset.spec().mesh();
    return switch (options.noc()) {
      case ANALYTIC -> new AnalyticNoc(mesh, preset.timing());
      case FLIT -> new FlitNoc(mesh, preset.timing());
    };
  }

  /// Loads an image into a chip.
  ///
  /// @throws engram.isa.image.ImageException with every reason why the chip refuses it
  public static Chip load(Preset preset, ChipImage image, ChipOptions options) {
    return new Chip(preset, ImageChecker.check(preset.spec(), image), options);
  }

  private VerifiedProgram program(int index) {
    return index == ProjectionImage.NONE ? null : checked.programs().get(index);
  }

  private Surroundings surroundings(Program program, int lag, Draw.Kind kind, int ordinal) {
    int[] globals = new int[program.symbols().size()];
    for (int slot = 0; slot < globals.length; slot++) {
      var symbol = program.symbols().get(slot);
      globals[slot] = symbol.role() == SymbolRole.GLOBAL ? register(symbol.name()) : -1;
    }
    return new Surroundings(
        registers, globals, lag, Draw.base(image.seed(), kind, ordinal), image.frame());
  }

  private Core core(CoreImage core) {
    var slices =
        core.slices().stream()
            .map(slice -> {
              var population = image.populations().get(slice.population());
              var program = program(population.program());
              return new NeuronSlice(
                  population,
                  slice,
                  program,
                  surroundings(
                      program.program(), population.lag(), Draw.Kind.NEURON, slice.population()),
                  options.engine());
            })
            .toArray(NeuronSlice[]::new);
    var blocks =
        core.blocks().stream()
            .map(block -> block(block, slices[block.slice()]))
            .toArray(SynapseBlock[]::new);
    var spec = preset.spec().core();
    return new Core(core, slices, blocks, spec.inbox(), spec.lanes(), preset.timing());
  }

  private SynapseBlock block(BlockImage image, NeuronSlice slice) {
    var projection = this.image.projections().get(image.projection());
    var row = program(projection.rowProgram());
    var synapse = program(projection.synapseProgram());
    var block = new SynapseBlock(image, projection, slice, row, synapse);
    if (row != null || synapse != null) {
      int lag = slice.population.lag();
      int keyed = projection.isMirror() ? projection.mirrorOf() : image.projection();
      block.learning =
          new Learning(
              block,
              row,
              synapse,
              checked.linkages().get(image.projection()),
              row == null
                  ? null
                  : surroundings(row.program(), lag, Draw.Kind.ROW, image.projection()),
              synapse == null
                  ? null
                  : surroundings(synapse.program(), lag, Draw.Kind.SYNAPSE, keyed),
              preset.timing(),
              preset.spec().core().lanes(),
              options.engine());
    }
    return block;
  }

  /// Makes the channels between cores, and from the host, that routes ask for.
  private void connect() {
    var byNumber = new HashMap<Integer, Core>();
    cores.forEach(core -> byNumber.put(core.number, core));
    var incoming = new HashMap<Integer, List<Channel>>();
    cores.forEach(core -> incoming.put(core.number, new ArrayList<>()));
    var outgoing = new HashMap<Core, List<Channel>>();
    for (var core : cores) {
      var targets = new LinkedHashMap<Integer, Channel>();
      for (var slice : core.slices) {
        for (int slot = 0; slot < slice.ports.length; slot++) {
          var symbol = slice.program.program().symbols().get(slot);
          if (symbol.role() == SymbolRole.STREAM) {
            var routes = slice.image.routes().getOrDefault(symbol.name(), List.of());
            slice.ports[slot] =
                port(
                    routes,
                    core.number,
                    targets,
                    incoming,
                    slice.population.recorded().contains(symbol.name()),
                    1);
          }
        }
      }
      for (var block : core.blocks) {
        for (int slot = 0; slot < block.rowPorts.length; slot++) {
          var symbol = block.rowStore.program().symbols().get(slot);
          if (symbol.role() == SymbolRole.STREAM) {
            var routes = block.image.routes().getOrDefault(symbol.name(), List.of());
            int flits = symbol.sums().isEmpty() ? 1 : 2;
            block.rowPorts[slot] = port(routes, core.number, targets, incoming, false, flits);
          }
        }
      }
      outgoing.put(core, List.copyOf(targets.values()));
    }
    for (int p = 0; p < image.populations().size(); p++) {
      var population = image.populations().get(p);
      if (population.external()) {
        var targets = new LinkedHashMap<Integer, Channel>();
        var port = port(image.hostRoutes().get(p), Noc.HOST, targets, incoming, false, 1);
        var stream = new StreamColumn(population.size(), 2, true);
        hostPorts.put(p, new HostPort(port, stream, List.copyOf(targets.values())));
      }
    }
    for (var core : cores) {
      core.connect(
          incoming.get(core.number).toArray(Channel[]::new),
          outgoing.get(core).toArray(Channel[]::new));
    }
  }

  private EmitPort port(
      List<RouteImage> routes,
      int source,
      Map<Integer, Channel> targets,
      Map<Integer, List<Channel>> incoming,
      boolean recorded,
      int flits) {
    var mesh = preset.spec().mesh();
    return new EmitPort(
        routes,
        mesh,
        source == Noc.HOST ? 0 : mesh.routerOf(source),
        core ->
            targets.computeIfAbsent(
                core,
                number -> {
                  var channel = new Channel();
                  incoming.get(number).add(channel);
                  return channel;
                }),
        tree -> noc.way(source, tree, flits),
        recorded);
  }

  // What the chip is.

  public Preset preset() {
    return preset;
  }

  /// The image without its initial weights.
  public ChipImage image() {
    return image;
  }

  public LoadReport loadReport() {
    return checked.report();
  }

  public ChipOptions options() {
    return options;
  }

  /// Number of the step that comes next; 0 for a chip that has not run.
  public long timestep() {
    return step;
  }

  private int population(String name) {
    for (int p = 0; p < image.populations().size(); p++) {
      if (image.populations().get(p).name().equals(name)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "population: "
            + name
            + " (expected: one of "
            + String.join(", ", image.populations().stream().map(PopulationImage::name).toList())
            + ")");
  }

  /// Number of neurons of a population.
  public int size(String population) {
    return image.populations().get(population(population)).size();
  }

  /// Steps by which a population sees registers and clock later.
  public int lag(String population) {
    return image.populations().get(population(population)).lag();
  }

  private int projection(String name) {
    for (int p = 0; p < image.projections().size(); p++) {
      if (image.projections().get(p).name().equals(name)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "projection: "
            + name
            + " (expected: one of "
            + String.join(", ", image.projections().stream().map(ProjectionImage::name).toList())
            + ")");
  }

  private int register(String name) {
    for (int r = 0; r < image.registers().size(); r++) {
      if (image.registers().get(r).name().equals(name)) {
        return r;
      }
    }
    throw new IllegalArgumentException(
        "register: "
            + name
            + " (expected: one of "
            + String.join(", ", image.registers().stream().map(r -> r.name()).toList())
            + ")");
  }

  /// Slot of a symbol of a population's program that has one of the roles.
  private int slot(int population, String symbol, SymbolRole... roles) {
    var image = this.image.populations().get(population);
    if (image.external()) {
      throw new IllegalArgumentException(
          "population " + image.name() + " is external: no " + symbol);
    }
    var program = this.image.programs().get(image.program());
    var known = program.symbols().stream().filter(s -> List.of(roles).contains(s.role())).toList();
    if (known.stream().noneMatch(s -> s.name().equals(symbol))) {
      throw new IllegalArgumentException(
          "%s of %s: %s (expected: one of %s)"
              .formatted(
                  roles[0],
                  image.name(),
                  symbol,
                  String.join(", ", known.stream().map(s -> s.name()).toList())));
    }
    return program.slot(symbol).orElseThrow();
  }

  // What the host writes.

  /// Makes the next step the present, so that what is written belongs to it.
  private void open() {
    if (!open) {
      for (var core : cores) {
        core.open(step);
      }
      openHost();
      open = true;
    }
  }

  private void openHost() {
    registers.advance(step - 1);
    for (var port : hostPorts.values()) {
      port.stream().advance(step - 1);
    }
  }

  /// A field that a host writes again and again: the way to it, found once.
  public FieldWriter field(String population, String field) {
    int p = population(population);
    int slot = slot(p, field, SymbolRole.FIELD, SymbolRole.PARAM);
    return new FieldWriter(
        this,
        image.programs().get(image.populations().get(p).program()).symbols().get(slot),
        state.slices(p),
        slot);
  }

  /// Writes a field or parameter of some neurons.
  public void write(String population, String field, int first, int... values) {
    field(population, field).write(first, values, 0, values.length);
  }

  /// For `FieldWriter`: the step that a write belongs to.
  long present() {
    open();
    return step;
  }

  void countHostBits(long bits) {
    hostBits += bits;
  }

  /// Writes a global register; each population sees it `lag` steps after the next step.
  public void setRegister(String name, int value) {
    int r = register(name);
    var format = image.registers().get(r).format();
    if (!format.holds(value)) {
      throw new IllegalArgumentException(
          "register %s: %d (expected: %d to %d)"
              .formatted(name, value, format.min(), format.max()));
    }
    registers.write(r, present(), value);
    countHostBits(format.bits());
  }

  /// A global register as it was some steps ago; 0 for the value that the next step starts with.
  public int register(String name, int age) {
    return registers.value(register(name), (open ? step : step - 1) - age);
  }

  /// Sets the clock that draws are keyed with: the sample's number in the upper 32 bits, the step
  /// within it in the lower.
  public void setClock(long clock) {
    registers.setClock(present(), clock);
    countHostBits(Long.SIZE);
  }

  /// Writes all weights of a projection, `source * targets + target`, and those of its mirrors;
  /// places without a synapse are skipped.
  ///
  /// @throws IllegalStateException if a mirror still waits for events that its original has seen
  public void writeWeights(String projection, int[] values) {
    int p = projection(projection);
    int[] shape = shape(projection);
    var format = image.projections().get(p).weights();
    if (image.projections().get(p).isMirror()) {
      throw new IllegalArgumentException(
          "projection "
              + projection
              + " is a mirror: write "
              + image.projections().get(image.projections().get(p).mirrorOf()).name());
    }
    if (image.projections().get(p).format() == SynapseFormat.SHARED) {
      throw new IllegalArgumentException(
          "projection " + projection + ": its synapses share weights, which a host can't write");
    }
    if (values.length != shape[0] * shape[1]) {
      throw new IllegalArgumentException(
          "weights of %s: %d (expected: %d)"
              .formatted(projection, values.length, shape[0] * shape[1]));
    }
    for (int value : values) {
      if (value > format.max() || value < (format.signed() ? -format.max() : 0)) {
        throw new IllegalArgumentException(
            "weight of %s: %d (expected: %d to %d)"
                .formatted(projection, value, format.signed() ? -format.max() : 0, format.max()));
      }
    }
    long now = present();
    for (int m = 0; m < image.projections().size(); m++) {
      if (image.projections().get(m).mirrorOf() == p && !state.drained(m, now)) {
        throw new IllegalStateException(
            "projection %s has a mirror, %s, that events are on the way to: run steps without learning first"
                .formatted(projection, image.projections().get(m).name()));
      }
    }
    for (int other = 0; other < image.projections().size(); other++) {
      boolean mirror = image.projections().get(other).mirrorOf() == p;
      if (mirror || other == p) {
        for (var block : state.blocks(other)) {
          block.setWeights((row, target) ->
              mirror ? values[target * shape[1] + row] : values[row * shape[1] + target]);
        }
      }
    }
    countHostBits((long) values.length * format.bits());
  }

  /// Lets a neuron of an external population emit in the next step.
  public void inject(String population, int neuron, int payload) {
    int p = population(population);
    var port = hostPorts.get(p);
    int size = image.populations().get(p).size();
    if (port == null) {
      throw new IllegalArgumentException("population " + population + " is not external");
    }
    if (neuron < 0 || neuron >= size) {
      throw new IllegalArgumentException(
          "neuron of %s: %d (expected: 0 to %d)".formatted(population, neuron, size - 1));
    }
    if (payload < Short.MIN_VALUE || payload > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "payload: %d (expected: %d to %d)".formatted(payload, Short.MIN_VALUE, Short.MAX_VALUE));
    }
    port.stream().emit(present(), neuron, payload);
    countHostBits(Long.SIZE);
  }

  // What a step does.

  /// Runs one timestep.
  ///
  /// @throws ChipStop if the chip stops by its own rules; it stays stopped until it is reset
  public void step() {
    if (stopped != null) {
      throw stopped;
    }
    boolean openFirst = !open;
    if (openFirst) {
      openHost();
    }
    pool.run(step, openFirst);
    long cored = options.profile() ? System.nanoTime() : 0;
    for (var core : cores) {
      if (core.stop != null) {
        stopped = core.stop;
        throw stopped;
      }
    }
    try {
      cycles += sequencers.run(step);
    } catch (OverflowStop overflow) {
      stopped = new ChipStop("sequencer, step " + step + ", " + overflow.getMessage());
      throw stopped;
    }
    emitFromHost();
    account();
    open = false;
    step++;
    if (options.profile()) {
      aroundNanos += System.nanoTime() - cored;
    }
  }

  /// Runs some timesteps.
  public void run(long count) {
    for (long i = 0; i < count; i++) {
      step();
    }
  }

  private void emitFromHost() {
    for (var port : hostPorts.values()) {
      port.channels().forEach(c -> c.open(step));
      port.port().send(port.stream(), step);
      announce(port.port());
    }
  }

  private void account() {
    long slowest = 0;
    for (var core : cores) {
      slowest = Math.max(slowest, core.stepCycles());
      for (var slice : core.slices) {
        for (var port : slice.ports) {
          if (port != null) {
            announce(port);
          }
        }
      }
      for (var block : core.blocks) {
        for (var port : block.rowPorts) {
          if (port != null) {
            announce(port);
          }
        }
      }
    }
    long network = noc.finish();
    networkCycles += network;
    cycles += slowest + network + preset.timing().barrier();
    steps++;
  }

  private void announce(EmitPort port) {
    for (var stretch : port.stretches()) {
      if (stretch.emitted > 0) {
        noc.send(stretch.way, stretch.emitted);
      }
    }
  }

  // What the host reads.

  /// Reads a field, parameter or accumulator of all neurons, as the last step left it.
  public int[] read(String population, String symbol) {
    int p = population(population);
    int slot = slot(p, symbol, SymbolRole.FIELD, SymbolRole.PARAM, SymbolRole.ACCUMULATOR);
    boolean accumulator =
        image.programs().get(image.populations().get(p).program()).symbols().get(slot).role()
            == SymbolRole.ACCUMULATOR;
    int[] values = new int[image.populations().get(p).size()];
    for (var slice : state.slices(p)) {
      var column = slice.store.ints(slot);
      int at = column.at(accumulator || !open ? step - 1 : step);
      System.arraycopy(column.values(), at, values, slice.image.first(), slice.lanes());
    }
    return values;
  }

  /// A stream that a host reads again and again.
  public StreamReader stream(String population, String stream) {
    int p = population(population);
    return new StreamReader(this, state.slices(p), slot(p, stream, SymbolRole.STREAM));
  }

  /// Number of rows and columns of a projection: neurons of its source and its target.
  public int[] shape(String projection) {
    var p = image.projections().get(projection(projection));
    return new int[] {
      image.populations().get(p.source()).size(), image.populations().get(p.target()).size()
    };
  }

  /// Reads all weights of a projection, `source * targets + target`; 0 where there is no synapse.
  public int[] weights(String projection) {
    return words(projection, null);
  }

  /// Reads a tag of all synapses of a projection, laid out as weights.
  public int[] tags(String projection, String tag) {
    return words(projection, tag);
  }

  private int[] words(String projection, String tag) {
    int[] shape = shape(projection);
    int[] words = new int[Math.multiplyExact(shape[0], shape[1])];
    for (var block : state.blocks(projection(projection))) {
      var column = block.weights;
      if (tag != null) {
        var program = program(block.projection.synapseProgram());
        int slot = program == null ? -1 : program.program().slot(tag).orElse(-1);
        column = slot < 0 ? null : block.tags[slot];
        if (column == null) {
          throw new IllegalArgumentException("projection " + projection + " has no tag " + tag);
        }
      }
      var found = column;
      for (int row = 0; row < shape[0]; row++) {
        int to = row * shape[1] + block.slice.image.first();
        block.layout.forEach(row, (lane, place) -> words[to + lane] = found.get(place));
      }
    }
    return words;
  }

  /// One count so far, without the others.
  public long count(Counter counter) {
    if (counter == Counter.STEPS) {
      return steps;
    }
    if (!counter.ofCore()) {
      return cost().count(counter);
    }
    long count = 0;
    for (var core : cores) {
      count += core.counters[counter.ordinal()];
    }
    return count;
  }

  /// Where the wall time of the run has gone; empty unless the options ask for it.
  public PhaseProfile profile() {
    long[] nanos = new long[Phase.values().length];
    for (var core : cores) {
      for (int phase = 0; phase < nanos.length; phase++) {
        nanos[phase] += core.nanos[phase];
      }
    }
    return new PhaseProfile(nanos, aroundNanos);
  }

  /// What the run has cost so far.
  public ChipCost cost() {
    long[] counts = new long[Counter.values().length];
    long[][] byCore = new long[cores.size()][];
    for (int c = 0; c < byCore.length; c++) {
      byCore[c] = cores.get(c).cycles.clone();
      for (int i = 0; i < counts.length; i++) {
        counts[i] += cores.get(c).counters[i];
      }
    }
    long[] links = noc.linkFlits();
    for (int link = 0; link < links.length; link++) {
      var hops = RouteTree.isHorizontal(link) ? Counter.HORIZONTAL_HOPS : Counter.VERTICAL_HOPS;
      counts[hops.ordinal()] += links[link];
    }
    counts[Counter.LOCAL_HOPS.ordinal()] = noc.localFlits();
    counts[Counter.STEPS.ordinal()] = steps;
    counts[Counter.HOST_BITS.ordinal()] =
        hostBits + counts[Counter.HOST_EVENTS.ordinal()] * Long.SIZE;
    return new ChipCost(counts, cycles, networkCycles, byCore, links);
  }

  /// The energy of a cost under this chip's preset.
  public Energy energy(ChipCost cost) {
    return Energy.of(preset.energy(), cost.counts(), cost.cycles() / preset.timing().clockHz());
  }

  /// Numbers of the cores in use, in the order of `ChipCost.coreCycles`.
  public int[] coreNumbers() {
    return cores.stream().mapToInt(c -> c.number).toArray();
  }

  // Digests.

  /// SHA-256 of everything that the future depends on, in logical order: equal for every engine,
  /// number of threads and placement.
  public String stateDigest() {
    open();
    var digest = sha256();
    var sink = StateSink.digesting(digest);
    state.write(sink, step);
    sink.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  /// SHA-256 of all counts and cycles: equal for every engine and number of threads.
  public String costDigest() {
    var digest = sha256();
    var sink = StateSink.digesting(digest);
    var cost = cost();
    for (long count : cost.counts()) {
      sink.putLong(count);
    }
    sink.putLong(cost.cycles());
    sink.putLong(cost.networkCycles());
    for (long[] phases : cost.coreCycles()) {
      for (long spent : phases) {
        sink.putLong(spent);
      }
    }
    for (long flits : cost.linkFlits()) {
      sink.putLong(flits);
    }
    sink.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  // Copies.

  /// Writes the chip down. The run can go on from there in another process, on another placement.
  ///
  /// @param note what the reader shall find beside it, as text
  public void snapshot(String note, OutputStream out) throws IOException {
    Snapshot.write(this, note, bytes(state::write), bytes(state::writeMirrors), out);
  }

  private interface Part {
    void write(StateSink sink, long step);
  }

  private byte[] bytes(Part part) {
    open();
    var bytes = new ByteArrayOutputStream();
    var sink = StateSink.writing(bytes);
    part.write(sink, step);
    sink.flush();
    return bytes.toByteArray();
  }

  /// A second chip in the same state, whose steps leave this one as it is; its counts start at
  /// zero.
  public Chip fork() {
    var copy = new Chip(preset, checked, options);
    copy.restore(
        new ByteArrayInputStream(bytes(state::write)),
        new ByteArrayInputStream(bytes(state::writeMirrors)));
    return copy;
  }

  /// Takes over a state that a chip with the same network wrote.
  void restore(InputStream logical, InputStream mirrors) {
    step = state.read(new StateSource(logical));
    state.readMirrors(new StateSource(mirrors), step);
    open = true;
  }

  // Life.

  /// Forgets all activity: fields go back to their initial values, events are dropped, the timestep
  /// goes back to 0. Weights, tags and parameters stay.
  public void reset() {
    cores.forEach(Core::reset);
    hostPorts.values().forEach(port -> port.stream().clear());
    hostPorts.values().forEach(port -> port.channels().forEach(Channel::clear));
    registers.reset(initialRegisters);
    step = 0;
    open = true;
    stopped = null;
  }

  /// Ends the threads. A closed chip can't step.
  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return preset.name() + " with " + image.network() + " at step " + step;
  }

  /// The slices of a core, for tests of placement.
  List<SliceImage> slices(int core) {
    return Arrays.stream(cores.get(core).slices).map(s -> s.image).toList();
  }
}
