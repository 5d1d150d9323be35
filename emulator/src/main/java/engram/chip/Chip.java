package engram.chip;

import engram.chip.fault.Fault;
import engram.chip.noc.AnalyticNoc;
import engram.chip.noc.FlitNoc;
import engram.chip.noc.Noc;
import engram.chip.noc.RouteTree;
import engram.chip.preset.Counter;
import engram.chip.preset.Energy;
import engram.chip.preset.Preset;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.Registers;
import engram.isa.image.CheckedImage;
import engram.isa.image.ChipImage;
import engram.isa.image.ImageChecker;
import engram.isa.image.LoadReport;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.SymbolRole;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// An emulated chip: cores on a mesh, loaded with an image, stepped by one thread that owns it.
///
/// Between two steps the owner writes fields, registers and events; they take effect, whole, before
/// the next step's DELIVER. What it reads is what the last step left. Names are those of the
/// network.
public final class Chip implements AutoCloseable {
  private final Preset preset;
  private final CheckedImage checked;
  private final ChipImage image;
  private final ChipNames names;
  private final ChipOptions options;
  private final Registers registers;
  private final Core[] cores;
  private final HostPort[] hostPorts;
  private final ChipState state;
  private final CorePool pool;
  private final SequencerEngine sequencers;
  private final StepLedger ledger;
  private final int[] initialRegisters;

  /// The step that comes next; of those before, only what they cost may be left to add up.
  private long step;

  /// The step that comes next is already the present of host ports. Each slice and block knows that
  /// for itself, and registers have it when the one before it begins.
  private boolean open = true;

  private long hostBits;
  private long coresNanos;
  private long aroundNanos;
  private ChipStop stopped;

  /// What is wrong with the chip, or null.
  private Faults faults;

  private Chip(Preset preset, CheckedImage checked, ChipOptions options) {
    this.preset = preset;
    this.options = options;
    image = checked.image().withoutWeights();
    this.checked =
        new CheckedImage(
            checked.spec(), image, checked.programs(), checked.linkages(), checked.report());
    names = new ChipNames(image);
    initialRegisters = image.registers().stream().mapToInt(r -> r.initial()).toArray();
    registers = new Registers(initialRegisters);
    var noc = noc();
    var wiring = new ChipWiring(preset, checked, names, options.engine(), registers, noc);
    cores = wiring.cores().toArray(Core[]::new);
    hostPorts = wiring.hostPorts().toArray(HostPort[]::new);
    state = new ChipState(image, registers, wiring.cores());
    ledger = new StepLedger(cores, hostPorts, noc, preset.timing(), preset.deadlineCycles());
    pool =
        new CorePool(
            cores, registers, ledger, options.threads(), options.always(), options.profile());
    sequencers = new SequencerEngine(image, state, wiring.cores(), registers, preset.timing());
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

  /// What a step will take the busiest core.
  public StepBudget stepBudget() {
    return StepBudget.of(preset, checked);
  }

  public ChipOptions options() {
    return options;
  }

  /// Number of the step that comes next; 0 for a chip that has not run.
  public long timestep() {
    return step;
  }

  /// Number of neurons of a population.
  public int size(String population) {
    return image.populations().get(names.population(population)).size();
  }

  /// Steps by which a population sees registers and clock later.
  public int lag(String population) {
    return image.populations().get(names.population(population)).lag();
  }

  // What the host writes.

  /// Makes the next step the present everywhere.
  private void open() {
    openHost();
    for (var core : cores) {
      core.open(step);
    }
  }

  /// Makes the next step the present of what only the caller's thread writes.
  private void openHost() {
    if (!open) {
      for (var port : hostPorts) {
        port.open(step);
      }
      open = true;
    }
  }

  /// A field that a host writes again and again: the way to it, found once.
  public FieldWriter field(String population, String field) {
    int p = names.population(population);
    int slot = names.slot(p, field, SymbolRole.FIELD, SymbolRole.PARAM);
    return new FieldWriter(this, names.program(p).symbols().get(slot), state.slices(p), slot);
  }

  /// Writes a field or parameter of some neurons.
  public void write(String population, String field, int first, int... values) {
    field(population, field).write(first, values, 0, values.length);
  }

  /// The step that a write belongs to.
  long present() {
    openHost();
    return step;
  }

  void countHostBits(long bits) {
    hostBits += bits;
  }

  /// Writes a global register; each population sees it `lag` steps after the next step.
  public void setRegister(String name, int value) {
    checkRegister(name, value);
    int r = names.register(name);
    registers.write(r, present(), value);
    countHostBits(image.registers().get(r).format().bits());
  }

  /// Throws if a global register can't be written.
  ///
  /// @throws IllegalArgumentException naming the register, or the value
  public void checkRegister(String name, int value) {
    var format = image.registers().get(names.register(name)).format();
    if (!format.holds(value)) {
      throw new IllegalArgumentException(
          "register %s: %d (expected: %d to %d)"
              .formatted(name, value, format.min(), format.max()));
    }
  }

  /// A global register as it was some steps ago; 0 for the value that the next step starts with.
  public int register(String name, int age) {
    return registers.value(names.register(name), (open ? step : step - 1) - age);
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
    int[] shape = shape(projection);
    if (values.length != shape[0] * shape[1]) {
      throw new IllegalArgumentException(
          "weights of %s: %d (expected: %d)"
              .formatted(projection, values.length, shape[0] * shape[1]));
    }
    writeWeights(projection, 0, values);
  }

  /// Writes the weights of some sources of a projection, from `firstSource` on, and those of its
  /// mirrors.
  ///
  /// @throws IllegalStateException if a mirror still waits for events that its original has seen
  public void writeWeights(String projection, int firstSource, int[] values) {
    int p = names.projection(projection);
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
    if (values.length % shape[1] != 0) {
      throw new IllegalArgumentException(
          "weights of %s: %d (expected: a multiple of %d, the targets of a source)"
              .formatted(projection, values.length, shape[1]));
    }
    int count = values.length / shape[1];
    requireSources(projection, firstSource, count, shape[0]);
    for (int value : values) {
      if (value > format.max() || value < (format.signed() ? -format.max() : 0)) {
        throw new IllegalArgumentException(
            "weight of %s: %d (expected: %d to %d)"
                .formatted(projection, value, format.signed() ? -format.max() : 0, format.max()));
      }
    }
    open();
    for (int m = 0; m < image.projections().size(); m++) {
      if (image.projections().get(m).mirrorOf() == p && !state.drained(m, step)) {
        throw new IllegalStateException(
            "projection %s has a mirror, %s, that events are on the way to: run steps without learning first"
                .formatted(projection, image.projections().get(m).name()));
      }
    }
    for (int other = 0; other < image.projections().size(); other++) {
      boolean mirror = image.projections().get(other).mirrorOf() == p;
      if (mirror || other == p) {
        var sources = new SynapseBlock.Range(firstSource, firstSource + count);
        var targets = new SynapseBlock.Range(0, shape[1]);
        for (var block : state.blocks(other)) {
          if (mirror) {
            block.setWeights(
                targets,
                sources,
                (target, source) -> values[(source - firstSource) * shape[1] + target]);
          } else {
            block.setWeights(
                sources,
                targets,
                (source, target) -> values[(source - firstSource) * shape[1] + target]);
          }
        }
      }
    }
    countHostBits((long) values.length * format.bits());
  }

  /// Where a host lets the neurons of an external population emit, again and again: the way to it,
  /// found once.
  public EventWriter events(String population) {
    int p = names.population(population);
    for (var port : hostPorts) {
      if (port.population() == p) {
        return new EventWriter(this, image.populations().get(p), port.stream());
      }
    }
    throw new IllegalArgumentException("population " + population + " is not external");
  }

  /// Injects an event of a neuron of an external population: over an axon of delay 1 it is
  /// delivered in the next step.
  public void inject(String population, int neuron, int payload) {
    events(population).emit(neuron, payload);
  }

  // What a step does.

  /// Runs one timestep.
  ///
  /// @throws ChipStop if the chip stops by its own rules; it stays stopped until it is reset
  public void step() {
    if (stopped != null) {
      throw stopped;
    }
    if (faults != null && step == faults.nextFlip()) {
      open();
      faults.flip(step);
    }
    openHost();
    for (var port : hostPorts) {
      port.close(step);
    }
    long opened = options.profile() ? System.nanoTime() : 0;
    boolean well = pool.run(step);
    long cored = options.profile() ? System.nanoTime() : 0;
    coresNanos += cored - opened;
    if (!well) {
      stopped = firstStop();
      throw stopped;
    }
    try {
      ledger.close(sequencers.run(step));
    } catch (OverflowStop overflow) {
      stopped = new ChipStop("sequencer, step " + step + ", " + overflow.getMessage());
      throw stopped;
    }
    open = false;
    step++;
    if (options.profile()) {
      aroundNanos += System.nanoTime() - cored;
    }
  }

  private ChipStop firstStop() {
    return Arrays.stream(cores)
        .map(core -> core.stop)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  /// Runs some timesteps.
  public void run(long count) {
    for (long i = 0; i < count; i++) {
      step();
    }
  }

  // What goes wrong.

  /// Adds a fault. See `inject(List)`.
  public void inject(Fault fault) {
    inject(List.of(fault));
  }

  /// Adds faults to those of the chip, all or, if one is refused, none. They hold until
  /// `clearFaults` or until another network is loaded; flips that take place at once are over with
  /// this call.
  ///
  /// @throws IllegalArgumentException naming what can't be
  public void inject(List<? extends Fault> more) {
    var all = faults == null ? noFaults() : faults;
    all.check(more);
    Faults.checkTime(more, step);
    open();
    all.add(more, step);
    faults = all.isEmpty() ? null : all;
  }

  private Faults noFaults() {
    var all = List.of(cores);
    return new Faults(
        preset.spec().mesh().cores(), new FaultyMemory(image, names, state, all), all);
  }

  /// The faults that hold, in the order in which they came; those whose steps are over stay, since
  /// a reset brings their steps back.
  public List<Fault> faults() {
    return faults == null ? List.of() : faults.list();
  }

  /// True if the chip has a fault, whether or not it strikes now.
  public boolean hasFaults() {
    return faults != null;
  }

  /// Takes all faults away; what they did stays.
  public void clearFaults() {
    if (faults != null) {
      faults.clear();
      faults = null;
    }
  }

  /// True once cores differ in what they know of the rows that they share.
  private boolean isApart() {
    return Arrays.stream(cores).anyMatch(Core::isApart);
  }

  // What the host reads.

  /// Reads a field, parameter or accumulator of all neurons, as the last step left it.
  public int[] read(String population, String symbol) {
    int p = names.population(population);
    int slot = names.slot(p, symbol, SymbolRole.FIELD, SymbolRole.PARAM, SymbolRole.ACCUMULATOR);
    boolean accumulator = names.program(p).symbols().get(slot).role() == SymbolRole.ACCUMULATOR;
    int[] values = new int[image.populations().get(p).size()];
    for (var slice : state.slices(p)) {
      var column = slice.store.ints(slot);
      int at = column.at(accumulator ? step - 1 : slice.present());
      System.arraycopy(column.values(), at, values, slice.image.first(), slice.lanes());
    }
    return values;
  }

  /// A stream that a host reads again and again.
  public StreamReader stream(String population, String stream) {
    int p = names.population(population);
    return new StreamReader(this, state.slices(p), names.slot(p, stream, SymbolRole.STREAM));
  }

  /// Number of rows and columns of a projection: neurons of its source and its target.
  public int[] shape(String projection) {
    var p = image.projections().get(names.projection(projection));
    return new int[] {
      image.populations().get(p.source()).size(), image.populations().get(p.target()).size()
    };
  }

  /// Reads all weights of a projection, `source * targets + target`; 0 where there is no synapse.
  public int[] weights(String projection) {
    return weights(projection, 0, shape(projection)[0]);
  }

  /// Reads the weights of some sources of a projection.
  public int[] weights(String projection, int firstSource, int sources) {
    return words(projection, null, firstSource, sources);
  }

  /// Reads a tag of all synapses of a projection, laid out as weights.
  public int[] tags(String projection, String tag) {
    return tags(projection, tag, 0, shape(projection)[0]);
  }

  /// Reads a tag of the synapses of some sources of a projection.
  public int[] tags(String projection, String tag, int firstSource, int sources) {
    return words(projection, tag, firstSource, sources);
  }

  private static void requireSources(String projection, int first, int count, int sources) {
    if (first < 0 || count < 0 || first > sources - count) {
      throw new IllegalArgumentException(
          "sources of %s: %d from %d (expected: within 0 to %d)"
              .formatted(projection, count, first, sources));
    }
  }

  private int[] words(String projection, String tag, int firstSource, int sources) {
    int[] shape = shape(projection);
    requireSources(projection, firstSource, sources, shape[0]);
    int[] words = new int[Math.multiplyExact(sources, shape[1])];
    for (var block : state.blocks(names.projection(projection))) {
      var found = block.column(tag);
      for (int row = 0; row < sources; row++) {
        int to = row * shape[1] + block.slice.image.first();
        block.layout.forEach(
            firstSource + row, (lane, place) -> words[to + lane] = found.get(place));
      }
    }
    return words;
  }

  /// One count so far, without the others.
  public long count(Counter counter) {
    if (counter == Counter.STEPS) {
      return ledger.steps();
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
    long beside = pool.besideNanos();
    return new PhaseProfile(
        nanos, coresNanos - beside - Arrays.stream(nanos).sum(), aroundNanos + beside);
  }

  /// What the run has cost so far.
  public ChipCost cost() {
    long[] counts = new long[Counter.values().length];
    long[][] byCore = new long[cores.length][];
    for (int c = 0; c < byCore.length; c++) {
      byCore[c] = cores[c].cycles.clone();
      for (int i = 0; i < counts.length; i++) {
        counts[i] += cores[c].counters[i];
      }
    }
    long[] links = ledger.noc().linkFlits();
    for (int link = 0; link < links.length; link++) {
      var hops = RouteTree.isHorizontal(link) ? Counter.HORIZONTAL_HOPS : Counter.VERTICAL_HOPS;
      counts[hops.ordinal()] += links[link];
    }
    counts[Counter.LOCAL_HOPS.ordinal()] = ledger.noc().localFlits();
    counts[Counter.STEPS.ordinal()] = ledger.steps();
    counts[Counter.HOST_BITS.ordinal()] =
        hostBits + counts[Counter.HOST_EVENTS.ordinal()] * Long.SIZE;
    return new ChipCost(counts, ledger.cycles(), ledger.networkCycles(), byCore, links);
  }

  /// Cycles that the host's link is busy for what a cost counts. The link works beside the chip, so
  /// they are no part of the chip's cycles.
  public long hostCycles(ChipCost cost) {
    return Math.ceilDiv(cost.count(Counter.HOST_BITS), preset.timing().hostBits());
  }

  /// The energy of a cost under this chip's preset.
  public Energy energy(ChipCost cost) {
    return Energy.of(preset.energy(), cost.counts(), cost.cycles() / preset.timing().clockHz());
  }

  /// Numbers of the cores in use, in the order of `ChipCost.coreCycles`.
  public int[] coreNumbers() {
    return Arrays.stream(cores).mapToInt(c -> c.number).toArray();
  }

  // Digests.

  /// SHA-256 of everything that the future depends on, in logical order: equal for every engine,
  /// number of threads and placement.
  public String stateDigest() {
    open();
    var digest = sha256();
    var sink = StateSink.digesting(digest);
    state.write(sink, step);
    if (isApart()) {
      state.writeParts(sink, step);
    }
    sink.flush();
    return HexFormat.of().formatHex(digest.digest());
  }

  /// SHA-256 of all counts and cycles: equal for every engine and number of threads.
  public String costDigest() {
    var digest = sha256();
    var sink = StateSink.digesting(digest);
    var cost = cost();
    for (var counter : Counter.values()) {
      if (!counter.ofFaults()) {
        sink.putLong(cost.count(counter));
      }
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
    // A chip without faults has the digest that it had before there were any.
    if (Arrays.stream(Counter.values()).anyMatch(c -> c.ofFaults() && cost.count(c) != 0)) {
      for (var counter : Counter.values()) {
        if (counter.ofFaults()) {
          sink.putLong(cost.count(counter));
        }
      }
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
    written(note).write(out);
  }

  private Snapshot written(String note) {
    return new Snapshot(
        note,
        preset.name(),
        image,
        bytes(state::write),
        bytes(state::writeMirrors),
        faults == null ? new byte[0] : FaultCodec.encode(faults.list()),
        isApart() ? bytes(state::writeParts) : new byte[0]);
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
    var now = written("");
    copy.restore(now.state(), now.mirrors(), now.faults(), now.parts());
    return copy;
  }

  /// Takes over a state that a chip with the same network wrote.
  void restore(byte[] logical, byte[] mirrors, byte[] faultBytes, byte[] parts) {
    step = state.read(source(logical));
    state.readMirrors(source(mirrors), step);
    if (parts.length > 0) {
      state.readParts(source(parts), step);
    }
    ledger.seek(step);
    for (var core : cores) {
      core.resumeAt(step);
    }
    open = true;
    if (faultBytes.length > 0) {
      var list = FaultCodec.decode(faultBytes);
      var all = noFaults();
      all.check(list);
      all.add(list, step);
      faults = all;
    }
  }

  private static StateSource source(byte[] bytes) {
    return new StateSource(new ByteArrayInputStream(bytes));
  }

  // Life.

  /// Forgets all activity: fields go back to their initial values, events are dropped, the timestep
  /// goes back to 0. Weights, tags, parameters and faults stay.
  public void reset() {
    ledger.seek(0);
    for (var core : cores) {
      core.reset();
    }
    for (var port : hostPorts) {
      port.stream().clear();
    }
    registers.reset(initialRegisters);
    step = 0;
    open = true;
    stopped = null;
    if (faults != null) {
      faults.seek(0);
    }
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
    return Arrays.stream(cores[core].slices).map(s -> s.image).toList();
  }
}
