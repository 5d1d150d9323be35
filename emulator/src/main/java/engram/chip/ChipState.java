package engram.chip;

import engram.isa.NumberFormat;
import engram.isa.exec.IntColumn;
import engram.isa.exec.LaneStore;
import engram.isa.exec.Registers;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.ChipImage;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The state of a chip in logical order: by population and neuron, by projection, source and
/// target, whatever core holds them. The same numbers are digested, written to snapshots and read
/// back, so a snapshot fits any placement of the same network. `docs/chip.md` lists them.
final class ChipState {
  /// The last step that a chip can be in; far from where sums of steps overflow.
  private static final long MOST_STEP = 1L << 62;

  /// More than all axons of a core could add up for a row in one step.
  private static final long MOST_PAYLOAD = 1L << 40;

  private final ChipImage image;
  private final Registers registers;
  private final List<List<NeuronSlice>> slices = new ArrayList<>();
  private final List<List<SynapseBlock>> blocks = new ArrayList<>();
  private final List<Core> cores;

  ChipState(ChipImage image, Registers registers, List<Core> cores) {
    this.image = image;
    this.registers = registers;
    this.cores = cores;
    image.populations().forEach(_ -> slices.add(new ArrayList<>()));
    image.projections().forEach(_ -> blocks.add(new ArrayList<>()));
    for (var core : cores) {
      for (var slice : core.slices) {
        slices.get(slice.image.population()).add(slice);
      }
      for (var block : core.blocks) {
        blocks.get(block.image.projection()).add(block);
      }
    }
    slices.forEach(list -> list.sort(Comparator.comparingInt(s -> s.image.first())));
    blocks.forEach(list -> list.sort(Comparator.comparingInt(b -> b.slice.image.first())));
  }

  /// The slices of a population in order of neurons.
  List<NeuronSlice> slices(int population) {
    return slices.get(population);
  }

  /// The blocks of a projection in order of target neurons.
  List<SynapseBlock> blocks(int projection) {
    return blocks.get(projection);
  }

  /// Writes everything that the future depends on, mirrored copies left out.
  ///
  /// @param step the present step, of which nothing has happened yet
  void write(StateSink sink, long step) {
    sink.putLong(step);
    sink.putLong(image.seed());
    for (int age = 0; age < Registers.DEPTH; age++) {
      sink.putLong(registers.clock(step - age));
      for (int r = 0; r < registers.count(); r++) {
        sink.putInt(registers.value(r, step - age));
      }
    }
    for (int p = 0; p < slices.size(); p++) {
      if (!image.populations().get(p).external()) {
        var program = image.programs().get(image.populations().get(p).program());
        writeLanes(sink, program, slices.get(p).stream().map(s -> s.store).toList(), step);
      }
    }
    for (int p = 0; p < blocks.size(); p++) {
      if (!image.projections().get(p).isMirror()) {
        writeProjection(sink, p, step);
      }
    }
    writeEvents(sink, step);
  }

  /// Writes the copies that `write` leaves out.
  void writeMirrors(StateSink sink, long step) {
    for (int p = 0; p < blocks.size(); p++) {
      if (image.projections().get(p).isMirror()) {
        writeProjection(sink, p, step);
      }
    }
  }

  /// Writes what the cores that share a projection know of its rows, each for itself. Only faults
  /// make them differ: else `write` has it all.
  void writeParts(StateSink sink, long step) {
    var events = waitingByPart(step);
    for (int p = 0; p < blocks.size(); p++) {
      var list = blocks.get(p);
      for (int part = 0; list.size() > 1 && part < list.size(); part++) {
        int projection = p;
        int number = part;
        var own =
            events.stream()
                .filter(e -> e.projection() == projection && e.part() == number)
                .toList();
        writePart(sink, list.get(part), own, step);
      }
    }
  }

  private void writePart(StateSink sink, SynapseBlock block, List<Waiting> events, long step) {
    sink.putInt(coreOf(block).number);
    sink.putInt(block.slice.image.first());
    if (block.rowStore != null) {
      var program = block.rowStore.program();
      writeLanes(sink, program, List.of(block.rowStore), step);
      for (int slot = 0; slot < program.symbols().size(); slot++) {
        if (program.symbols().get(slot).role() == SymbolRole.ACCUMULATOR) {
          for (int row = 0; row < block.layout.rows(); row++) {
            sink.putLong(rowSum(List.of(block), slot, row, step));
          }
        }
      }
    }
    writeArrivals(sink, block.arrivals, step);
    sink.putInt(events.size());
    for (var event : events) {
      sink.putLong(event.due());
      sink.putInt(event.row());
      sink.putLong(event.payload());
    }
  }

  private Core coreOf(SynapseBlock block) {
    for (var core : cores) {
      if (List.of(core.blocks).contains(block)) {
        return core;
      }
    }
    throw new IllegalStateException("a block without a core");
  }

  /// Reads what `writeParts` wrote, behind what `read` and `readMirrors` read. It fits only the
  /// placement that it was written on.
  void readParts(StateSource source, long step) {
    for (var list : blocks) {
      for (int part = 0; list.size() > 1 && part < list.size(); part++) {
        readPart(source, list.get(part), step);
      }
    }
    cores.forEach(Core::setApart);
  }

  private void readPart(StateSource source, SynapseBlock block, long step) {
    var core = coreOf(block);
    String what = "of part of " + block.projection.name() + ", on the placement of its faults";
    require("core " + what, source.getInt(), core.number, core.number);
    int first = block.slice.image.first();
    require("first target " + what, source.getInt(), first, first);
    if (block.rowStore != null) {
      block.rowStore.reset();
      readRowState(source, List.of(block), step);
    }
    block.arrivals.reset();
    readArrivals(source, List.of(block), step);
    int own = List.of(core.blocks).indexOf(block);
    core.waiting.forget(own);
    int count = source.getInt();
    for (int i = 0; i < count; i++) {
      long due = source.getLong();
      int row = source.getInt();
      long payload = source.getLong();
      requireEvent(due, row, payload, block, step);
      core.waiting.add(due, own, row, payload);
    }
  }

  private static void requireEvent(long due, int row, long payload, SynapseBlock block, long step) {
    if (due < step || due >= step + EventQueue.STEPS) {
      throw new IllegalStateException("event due at " + due + " in a state of step " + step);
    }
    require("row", row, 0, block.layout.rows() - 1L);
    require("payload", payload, -MOST_PAYLOAD, MOST_PAYLOAD);
  }

  /// A state may come from anybody: a number that no chip of this network can have is refused.
  private static void require(String what, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalStateException(
          "%s: %d (expected: %d to %d)".formatted(what, value, low, high));
    }
  }

  private static void require(String what, int value, NumberFormat format) {
    if (format.bits() < Integer.SIZE) {
      require(what, value, format.min(), format.max());
    }
  }

  /// Reads what `write` wrote; returns the present step.
  long read(StateSource source) {
    long step = source.getLong();
    require("step", step, 0, MOST_STEP);
    source.getLong();
    int[] values = new int[registers.count()];
    for (int age = 0; age < Registers.DEPTH; age++) {
      long clock = source.getLong();
      for (int r = 0; r < values.length; r++) {
        values[r] = source.getInt();
        require("register", values[r], image.registers().get(r).format());
      }
      registers.restore(step - age, values, clock);
    }
    for (int p = 0; p < slices.size(); p++) {
      if (!image.populations().get(p).external()) {
        var program = image.programs().get(image.populations().get(p).program());
        readLanes(source, program, slices.get(p).stream().map(s -> s.store).toList(), step);
      }
    }
    for (int p = 0; p < blocks.size(); p++) {
      if (!image.projections().get(p).isMirror()) {
        readProjection(source, p, step);
      }
    }
    readEvents(source, step);
    return step;
  }

  /// Reads what `writeMirrors` wrote.
  void readMirrors(StateSource source, long step) {
    for (int p = 0; p < blocks.size(); p++) {
      if (image.projections().get(p).isMirror()) {
        readProjection(source, p, step);
      }
    }
  }

  private static void writeLanes(
      StateSink sink, Program program, List<LaneStore> stores, long step) {
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      var symbol = program.symbols().get(slot);
      for (int age = 0; age < symbol.history(); age++) {
        for (var store : stores) {
          writeSymbol(sink, symbol, store, slot, step - age);
        }
      }
    }
  }

  private static void writeSymbol(
      StateSink sink, Symbol symbol, LaneStore store, int slot, long step) {
    switch (symbol.role()) {
      case FIELD, PARAM, ACCUMULATOR -> {
        IntColumn column = store.ints(slot);
        if (column != null) {
          int at = column.at(step);
          for (int lane = 0; lane < store.lanes(); lane++) {
            sink.putInt(column.values()[at + lane]);
          }
        }
      }
      case STREAM -> {
        StreamColumn stream = store.stream(slot);
        for (int lane = 0; lane < store.lanes(); lane++) {
          sink.putInt(stream.get(step, lane) ? 1 : 0);
          if (symbol.graded()) {
            sink.putInt(stream.payload(step, lane));
          }
        }
      }
      default -> {}
    }
  }

  private static void readLanes(
      StateSource source, Program program, List<LaneStore> stores, long step) {
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      var symbol = program.symbols().get(slot);
      for (int age = 0; age < symbol.history(); age++) {
        for (var store : stores) {
          readSymbol(source, symbol, store, slot, step - age);
        }
      }
    }
  }

  private static void readSymbol(
      StateSource source, Symbol symbol, LaneStore store, int slot, long step) {
    switch (symbol.role()) {
      case FIELD, PARAM, ACCUMULATOR -> {
        IntColumn column = store.ints(slot);
        if (column != null) {
          int at = column.at(step);
          column.touch(step);
          for (int lane = 0; lane < store.lanes(); lane++) {
            int value = source.getInt();
            require(symbol.name(), value, symbol.format());
            column.values()[at + lane] = value;
          }
        }
      }
      case STREAM -> {
        StreamColumn stream = store.stream(slot);
        for (int lane = 0; lane < store.lanes(); lane++) {
          boolean emitted = source.getInt() != 0;
          int payload = symbol.graded() ? source.getInt() : 1;
          require("payload", payload, Short.MIN_VALUE, Short.MAX_VALUE);
          if (emitted) {
            stream.emit(step, lane, payload);
          }
        }
      }
      default -> {}
    }
  }

  private void writeProjection(StateSink sink, int index, long step) {
    var list = blocks.get(index);
    var first = list.get(0);
    if (first.rowStore != null) {
      var program = first.rowStore.program();
      writeLanes(sink, program, List.of(first.rowStore), step);
      for (int slot = 0; slot < program.symbols().size(); slot++) {
        if (program.symbols().get(slot).role() == SymbolRole.ACCUMULATOR) {
          for (int row = 0; row < first.layout.rows(); row++) {
            sink.putLong(rowSum(list, slot, row, step));
          }
        }
      }
    }
    writeArrivals(sink, first.arrivals, step);
    for (int row = 0; row < first.layout.rows(); row++) {
      writeRow(sink, list, row);
    }
  }

  private static void writeArrivals(StateSink sink, Arrivals arrivals, long step) {
    for (int age = 1; age < arrivals.depth(); age++) {
      int count = arrivals.count(step - age);
      int[] rows = Arrays.copyOf(arrivals.rows(step - age), count);
      Arrays.sort(rows);
      sink.putInt(count);
      for (int row : rows) {
        sink.putInt(row);
        sink.putLong(arrivals.payload(row, step - age));
      }
    }
  }

  private static long rowSum(List<SynapseBlock> list, int slot, int row, long step) {
    long sum = 0;
    for (var block : list) {
      var sums = block.rowStore.sums(slot);
      sum += sums.values()[sums.at(step - 1) + row];
    }
    return sum;
  }

  /// The synapses of a row in order of targets. Where not every pair has one, their number comes
  /// first and each starts with its target: the same for every layout that has the same synapses.
  private static void writeRow(StateSink sink, List<SynapseBlock> list, int row) {
    boolean full = list.get(0).layout.isFull();
    if (!full) {
      sink.putInt(list.stream().mapToInt(block -> block.layout.live(row)).sum());
    }
    for (var block : list) {
      block.layout.forEach(
          row,
          (lane, place) -> {
            if (!full) {
              sink.putInt(block.slice.image.first() + lane);
            }
            writeSynapse(sink, block, place);
          });
    }
  }

  private static void writeSynapse(StateSink sink, SynapseBlock block, int place) {
    sink.putInt(block.weights.get(place));
    if (block.tags != null) {
      for (var tag : block.tags) {
        if (tag != null) {
          sink.putInt(tag.get(place));
        }
      }
    }
    if (block.kills != null) {
      sink.putInt((int) (block.kills[place >> 6] >>> place & 1));
    }
  }

  private void readProjection(StateSource source, int index, long step) {
    var list = blocks.get(index);
    var first = list.get(0);
    if (first.rowStore != null) {
      readRowState(source, list, step);
    }
    readArrivals(source, list, step);
    for (int row = 0; row < first.layout.rows(); row++) {
      readRow(source, list, row);
    }
  }

  /// Gives some blocks of a projection the same arrivals.
  private static void readArrivals(StateSource source, List<SynapseBlock> list, long step) {
    int rows = list.get(0).layout.rows();
    for (int age = 1; age < list.get(0).arrivals.depth(); age++) {
      int count = source.getInt();
      require("rows that events arrived for", count, 0, rows);
      for (int i = 0; i < count; i++) {
        int row = source.getInt();
        long payload = source.getLong();
        require("row", row, 0, rows - 1L);
        require("payload", payload, -MOST_PAYLOAD, MOST_PAYLOAD);
        for (var block : list) {
          block.arrivals.restore(row, payload, step - age);
        }
      }
    }
  }

  private static void readRowState(StateSource source, List<SynapseBlock> list, long step) {
    var first = list.get(0);
    var program = first.rowStore.program();
    readRowLanes(source, program, list, step);
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      if (program.symbols().get(slot).role() == SymbolRole.ACCUMULATOR) {
        var sums = first.rowStore.sums(slot);
        for (int row = 0; row < first.layout.rows(); row++) {
          sums.values()[sums.at(step - 1) + row] = source.getLong();
        }
      }
    }
  }

  /// Every block of a projection has its own copy of the rows' fields.
  private static void readRowLanes(
      StateSource source, Program program, List<SynapseBlock> list, long step) {
    var first = list.get(0).rowStore;
    readLanes(source, program, List.of(first), step);
    for (var block : list.subList(1, list.size())) {
      block.rowStore.copyLanes(first);
    }
  }

  private static void readRow(StateSource source, List<SynapseBlock> list, int row) {
    if (list.get(0).layout.isFull()) {
      for (var block : list) {
        block.layout.forEach(row, (_, place) -> readSynapse(source, block, place));
      }
      return;
    }
    int live = source.getInt();
    for (var block : list) {
      if (block.layout instanceof SynapseLayout.Dense masked) {
        masked.clear(row);
      }
    }
    for (int i = 0; i < live; i++) {
      int target = source.getInt();
      var block = blockOf(list, target);
      int lane = target - block.slice.image.first();
      if (block.layout instanceof SynapseLayout.Dense masked) {
        masked.set(row, lane, true);
      }
      int place = block.layout.place(row, lane);
      if (place < 0) {
        throw new IllegalStateException("synapse of row " + row + " and target " + target);
      }
      readSynapse(source, block, place);
    }
  }

  /// The block that holds the synapses of a target neuron.
  private static SynapseBlock blockOf(List<SynapseBlock> list, int target) {
    for (var block : list) {
      if (target >= 0 && target < block.slice.image.first() + block.slice.lanes()) {
        return block;
      }
    }
    throw new IllegalStateException("synapse of target " + target + ", which no core holds");
  }

  private static void readSynapse(StateSource source, SynapseBlock block, int place) {
    int weight = source.getInt();
    require("weight", weight, block.projection.weights());
    block.weights.set(place, weight);
    if (block.tags != null) {
      for (int slot = 0; slot < block.tags.length; slot++) {
        if (block.tags[slot] != null) {
          int value = source.getInt();
          var symbol = block.learningProgram().symbols().get(slot);
          require(symbol.name(), value, symbol.format());
          block.tags[slot].set(place, value);
        }
      }
    }
    if (block.kills != null && source.getInt() != 0) {
      block.kills[place >> 6] |= 1L << place;
    }
  }

  /// An event that waits: which row of which projection gets what, and when.
  ///
  /// @param part which of the projection's blocks holds it
  private record Waiting(long due, int projection, int row, int part, long payload)
      implements Comparable<Waiting> {
    private static final Comparator<Waiting> ORDER =
        Comparator.comparingLong(Waiting::due)
            .thenComparingInt(Waiting::projection)
            .thenComparingInt(Waiting::row)
            .thenComparingInt(Waiting::part);

    @Override
    public int compareTo(Waiting other) {
      return ORDER.compare(this, other);
    }

    boolean samePart(Waiting other) {
      return sameRow(other) && part == other.part;
    }

    boolean sameRow(Waiting other) {
      return due == other.due && projection == other.projection && row == other.row;
    }

    Waiting plus(Waiting other) {
      return new Waiting(due, projection, row, part, payload + other.payload);
    }
  }

  /// True if nothing that has happened can still reach the rows of a projection or be learned from.
  boolean drained(int projection, long step) {
    for (var block : blocks.get(projection)) {
      for (int age = 1; age < block.arrivals.depth(); age++) {
        if (block.arrivals.count(step - age) > 0) {
          return false;
        }
      }
    }
    return waiting(step).stream().noneMatch(e -> e.projection() == projection);
  }

  /// Undelivered events, those of the host for the present step included, summed by row and step:
  /// several add up on delivery anyway, and a row that is split over cores sends its sum in parts.
  /// The cores of a projection hold copies, of which one is taken; a core may lack the events of
  /// rows that have no synapse in it, so rows that have none anywhere are left out.
  private List<Waiting> waiting(long step) {
    var merged = new ArrayList<Waiting>();
    for (var event : waitingByPart(step)) {
      if (merged.isEmpty() || !merged.getLast().sameRow(event)) {
        merged.add(event);
      }
    }
    return merged;
  }

  /// The same with the copies of all cores.
  private List<Waiting> waitingByPart(long step) {
    var events = new ArrayList<Waiting>();
    for (var core : cores) {
      for (var inlet : core.inlets()) {
        var block = core.blocks[inlet.block()];
        if (inlet.emitted(step) >= core.firstEmitted()) {
          long due = step + inlet.delay() - 1;
          core.forEachOnTheWay(
              inlet, step, (row, payload) -> add(events, block, due, row, payload));
        }
      }
      for (long due = step; due < step + EventQueue.STEPS; due++) {
        for (int i = 0; i < core.waiting.count(due); i++) {
          add(
              events,
              core.blocks[core.waiting.block(due, i)],
              due,
              core.waiting.row(due, i),
              core.waiting.payload(due, i));
        }
      }
    }
    events.sort(null);
    var merged = new ArrayList<Waiting>();
    for (var event : events) {
      if (merged.isEmpty() || !merged.getLast().samePart(event)) {
        merged.add(event);
      } else {
        merged.set(merged.size() - 1, merged.getLast().plus(event));
      }
    }
    return merged;
  }

  private void add(List<Waiting> events, SynapseBlock block, long due, int row, long payload) {
    int projection = block.image.projection();
    var parts = blocks.get(projection);
    boolean fixed = !(block.layout instanceof SynapseLayout.Dense);
    if (!fixed || parts.stream().anyMatch(part -> part.layout.live(row) > 0)) {
      events.add(new Waiting(due, projection, row, parts.indexOf(block), payload));
    }
  }

  private void writeEvents(StateSink sink, long step) {
    var events = waiting(step);
    sink.putInt(events.size());
    for (var event : events) {
      sink.putLong(event.due());
      sink.putInt(event.projection());
      sink.putInt(event.row());
      sink.putLong(event.payload());
    }
  }

  private void readEvents(StateSource source, long step) {
    int count = source.getInt();
    for (int i = 0; i < count; i++) {
      long due = source.getLong();
      int projection = source.getInt();
      int row = source.getInt();
      long payload = source.getLong();
      require("projection", projection, 0, blocks.size() - 1L);
      requireEvent(due, row, payload, blocks.get(projection).get(0), step);
      for (var core : cores) {
        for (int b = 0; b < core.blocks.length; b++) {
          if (core.blocks[b].image.projection() == projection) {
            core.waiting.add(due, b, row, payload);
          }
        }
      }
    }
  }
}
