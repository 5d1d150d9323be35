package engram.isa.exec;

import engram.isa.Draw;
import engram.isa.Fixed;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;

/// The reference engine: what it computes is what the instruction set means.
public final class Interpreter implements Engine {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public NeuronKernel neuron(NeuronBinding binding) {
    return new NeuronLanes(binding);
  }

  @Override
  public RowKernel row(RowBinding binding) {
    return new RowLanes(binding);
  }

  @Override
  public SynapseKernel synapse(SynapseBinding binding) {
    return new SynapseLanes(binding);
  }

  @Override
  public Integrator integrator(SynapseLayout layout, SynapseColumn weights, int weightLimit) {
    return new PlainIntegrator(layout, weights);
  }

  @Override
  public LaneScan laneScan() {
    return new PlainScan();
  }

  /// Reads a column of a neuron or row, the lanes picked by an index.
  private static void gather(
      LaneStore store, int slot, int age, long step, int[] index, int count, int[] out) {
    var ints = store.ints(slot);
    if (ints != null) {
      int[] values = ints.values();
      int at = ints.at(step - age);
      for (int i = 0; i < count; i++) {
        out[i] = values[at + index[i]];
      }
      return;
    }
    var stream = store.stream(slot);
    for (int i = 0; i < count; i++) {
      out[i] = stream.payload(step - age, index[i]);
    }
  }

  private static final class NeuronLanes extends LaneMachine implements NeuronKernel {
    private final NeuronBinding binding;
    private final LaneStore store;
    private final int[] lane = new int[BATCH];

    NeuronLanes(NeuronBinding binding) {
      super(
          binding.program(),
          binding.surroundings(),
          new Stops(binding.program().program(), binding.firstIndex(), false));
      this.binding = binding;
      this.store = binding.store();
    }

    @Override
    public void run(int section, long[] active, long step) {
      count = 0;
      for (int from = 0; from < store.lanes(); from += 64) {
        int lanes = Math.min(64, store.lanes() - from);
        long bits = active == null ? -1L >>> (64 - lanes) : active[from >> 6];
        if (count + 64 > BATCH) {
          flush(section, step);
        }
        while (bits != 0) {
          int next = from + Long.numberOfTrailingZeros(bits);
          bits &= bits - 1;
          lane[count] = next;
          drawLanes[count++] = binding.firstIndex() + next;
        }
      }
      flush(section, step);
      stops.throwIfAny();
    }

    private void flush(int section, long step) {
      run(section, step);
      count = 0;
    }

    @Override
    void load(int slot, Symbol symbol, int age, long step, int[] out) {
      if (loadShared(slot, symbol, age, step, out)) {
        return;
      }
      switch (symbol.role()) {
        case INDEX -> System.arraycopy(drawLanes, 0, out, 0, count);
        case REDUCED -> pick(binding.groups().reduced(), out);
        case WINNER -> pick(binding.groups().winners(), out);
        default -> gather(store, slot, age, step, lane, count, out);
      }
    }

    private void pick(int[] values, int[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = values[lane[i]];
      }
    }

    @Override
    void loadWide(int slot, Symbol symbol, long step, long[] out) {
      long[] sums = binding.groups().sums();
      for (int i = 0; i < count; i++) {
        out[i] = sums[lane[i]];
      }
    }

    @Override
    void store(int slot, Symbol symbol, long step, int[] values, int[] mask) {
      var column = store.ints(slot);
      int at = column.at(step);
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          column.values()[at + lane[i]] = narrow(slot, symbol, 0, lane[i], values[i]);
        }
      }
    }

    @Override
    void cause(int trigger, int[] out) {
      throw new IllegalStateException("cause in " + program);
    }

    @Override
    void emit(int slot, long step, int[] payloads, int[] mask) {
      var stream = store.stream(slot);
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          stream.emit(
              step, lane[i], (int) Fixed.clip(payloads[i], Short.MIN_VALUE, Short.MAX_VALUE));
        }
      }
    }

    @Override
    void bid(int[] values, int[] mask) {
      var groups = binding.groups();
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          groups.bids()[lane[i]] = values[i];
          groups.bidders()[lane[i] >> 6] |= 1L << lane[i];
        }
      }
    }
  }

  private static final class RowLanes extends LaneMachine implements RowKernel {
    private final RowBinding binding;
    private final LaneStore store;
    private final int[] firedBits = new int[BATCH];

    RowLanes(RowBinding binding) {
      super(
          binding.program(),
          binding.surroundings(),
          new Stops(binding.program().program(), 0, false));
      this.binding = binding;
      this.store = binding.store();
    }

    @Override
    public void run(int[] rows, int[] fired, int rowCount, long step) {
      for (int from = 0; from < rowCount; from += BATCH) {
        count = Math.min(BATCH, rowCount - from);
        System.arraycopy(rows, from, drawLanes, 0, count);
        System.arraycopy(fired, from, firedBits, 0, count);
        run(0, step);
      }
      stops.throwIfAny();
    }

    @Override
    void load(int slot, Symbol symbol, int age, long step, int[] out) {
      if (loadShared(slot, symbol, age, step, out)) {
        return;
      }
      switch (symbol.role()) {
        case INDEX -> System.arraycopy(drawLanes, 0, out, 0, count);
        case PAYLOAD -> {
          int at = binding.payloads().at(step - age);
          for (int i = 0; i < count; i++) {
            out[i] = Fixed.saturate(binding.payloads().values()[at + drawLanes[i]]);
          }
        }
        default -> gather(store, slot, age, step, drawLanes, count, out);
      }
    }

    @Override
    void loadWide(int slot, Symbol symbol, long step, long[] out) {
      var sums = store.sums(slot);
      int at = sums.at(step - 1);
      for (int i = 0; i < count; i++) {
        out[i] = sums.values()[at + drawLanes[i]];
      }
    }

    @Override
    void store(int slot, Symbol symbol, long step, int[] values, int[] mask) {
      var column = store.ints(slot);
      int at = column.at(step);
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          column.values()[at + drawLanes[i]] = narrow(slot, symbol, 0, drawLanes[i], values[i]);
        }
      }
    }

    @Override
    void cause(int trigger, int[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = -(firedBits[i] >> trigger & 1);
      }
    }

    @Override
    void emit(int slot, long step, int[] payloads, int[] mask) {
      var stream = store.stream(slot);
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          stream.emit(
              step, drawLanes[i], (int) Fixed.clip(payloads[i], Short.MIN_VALUE, Short.MAX_VALUE));
        }
      }
    }
  }

  private static final class SynapseLanes extends LaneMachine implements SynapseKernel {
    private final SynapseBinding binding;
    private final SynapseLayout layout;
    private final int[] row = new int[BATCH];
    private final int[] lane = new int[BATCH];
    private final int[] place = new int[BATCH];
    private long ran;
    private Firing firing;

    SynapseLanes(SynapseBinding binding) {
      super(
          binding.program(),
          binding.surroundings(),
          new Stops(binding.program().program(), binding.firstTarget(), binding.mirror()));
      this.binding = binding;
      this.layout = binding.layout();
    }

    @Override
    public long run(int[] rows, int from, int to, Firing firing, long step) {
      this.firing = firing;
      ran = 0;
      count = 0;
      for (int r = from; r < to; r++) {
        switch (layout) {
          case SynapseLayout.Dense dense -> addDense(dense, rows[r], step);
          case SparseRows sparse -> addSparse(sparse, rows[r], step);
          case SynapseLayout.Shared _ -> throw new IllegalStateException("shared weights learn");
        }
      }
      flush(step);
      stops.throwIfAny();
      return ran;
    }

    private void addDense(SynapseLayout.Dense dense, int r, long step) {
      for (int word = 0; word < firing.runs().length; word++) {
        long bits = firing.runs()[word];
        if (dense.mask() != null) {
          bits &= dense.mask()[r * dense.maskWords() + word];
        }
        while (bits != 0) {
          int next = (word << 6) + Long.numberOfTrailingZeros(bits);
          bits &= bits - 1;
          add(r, next, r * dense.lanes() + next, step);
        }
      }
    }

    private void addSparse(SparseRows sparse, int r, long step) {
      int next = 0;
      for (int p = sparse.starts()[r]; p < sparse.starts()[r + 1]; p++) {
        next += sparse.step(p);
        if (!sparse.isGap(p) && firing.runs(next)) {
          add(r, next, p, step);
        }
      }
    }

    private void add(int r, int l, int p, long step) {
      if (count == BATCH) {
        flush(step);
      }
      row[count] = r;
      lane[count] = l;
      place[count] = p;
      drawLanes[count++] = Draw.synapseLane(source(r, l), target(r, l));
    }

    private int source(int r, int l) {
      return binding.mirror() ? binding.firstTarget() + l : r;
    }

    private int target(int r, int l) {
      return binding.mirror() ? r : binding.firstTarget() + l;
    }

    private void flush(long step) {
      run(0, step);
      ran += count;
      count = 0;
    }

    @Override
    void load(int slot, Symbol symbol, int age, long step, int[] out) {
      if (loadShared(slot, symbol, age, step, out)) {
        return;
      }
      switch (symbol.role()) {
        case WEIGHT -> fetch(binding.weights(), out);
        case TAG -> fetch(binding.tags()[slot], out);
        case ROW ->
            gather(binding.rowStore(), binding.linkage().slot(slot), age, step, row, count, out);
        case POST ->
            gather(binding.post(), binding.linkage().slot(slot), age, step, lane, count, out);
        case SOURCE -> {
          for (int i = 0; i < count; i++) {
            out[i] = source(row[i], lane[i]);
          }
        }
        case TARGET -> {
          for (int i = 0; i < count; i++) {
            out[i] = target(row[i], lane[i]);
          }
        }
        case PAYLOAD -> {
          int at = binding.payloads().at(step - age);
          for (int i = 0; i < count; i++) {
            out[i] = Fixed.saturate(binding.payloads().values()[at + row[i]]);
          }
        }
        default -> throw new IllegalStateException("ld " + symbol.name() + " in " + program);
      }
    }

    private void fetch(SynapseColumn column, int[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = column.get(place[i]);
      }
    }

    @Override
    void loadWide(int slot, Symbol symbol, long step, long[] out) {
      throw new IllegalStateException("ldacc in " + program);
    }

    @Override
    void store(int slot, Symbol symbol, long step, int[] values, int[] mask) {
      boolean weight = symbol.role() == SymbolRole.WEIGHT;
      var column = weight ? binding.weights() : binding.tags()[slot];
      int high = weight ? SynapseBinding.weightLimit(binding.weightFormat()) : 0;
      int low = binding.weightFormat().signed() ? -high : 0;
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          int value =
              weight
                  ? (int) Fixed.clip(values[i], low, high)
                  : narrow(slot, symbol, row[i], lane[i], values[i]);
          column.set(place[i], value);
        }
      }
    }

    @Override
    void cause(int trigger, int[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = -(int) (firing.holds(trigger, lane[i]) & 1);
      }
    }

    @Override
    void rowAdd(int slot, long step, long[] values, int[] mask) {
      var sums = binding.rowStore().sums(binding.linkage().slot(slot));
      int at = sums.at(step);
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          sums.values()[at + row[i]] += values[i];
        }
      }
    }

    @Override
    void kill(int[] mask) {
      for (int i = 0; i < count; i++) {
        if (mask[i] != 0) {
          binding.kills()[place[i] >> 6] |= 1L << place[i];
        }
      }
    }
  }
}
