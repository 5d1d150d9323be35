package engram.isa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.exec.Firing;
import engram.isa.exec.Groups;
import engram.isa.exec.Interpreter;
import engram.isa.exec.LaneStore;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.RowBinding;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// Runs a program on lanes that its own activity would leave out, whatever else they hold.
public final class RestingRun {
  private static final int LANES = 40;

  private RestingRun() {}

  /// Fails if something changes, is emitted, bid, killed or added.
  public static void changesNothing(VerifiedProgram verified, Random random, String text) {
    switch (verified.kind()) {
      case NEURON -> neurons(verified, random, text);
      case ROW -> rows(verified, random, text);
      case SYNAPSE -> synapses(verified, random, text);
    }
  }

  private static Timeline timeline(Program program, Random random) {
    return new Timeline(program, random.nextInt(3), 1 + random.nextInt(4), random);
  }

  /// Makes every lane of a store inactive in the present step.
  private static LaneStore resting(Program program, List<Integer> zero, Random random) {
    var store = new LaneStore(program, LANES);
    StoreOracle.randomise(store, Timeline.PRESENT, random);
    for (int slot : zero) {
      var column = store.ints(slot);
      int at = column.at(Timeline.PRESENT);
      Arrays.fill(column.values(), at, at + LANES, 0);
    }
    return store;
  }

  private static List<Integer> watched(Program program) {
    boolean touched = program.activity().kind() == Activity.Kind.TOUCHED;
    return IntStream.range(0, program.symbols().size())
        .filter(slot ->
            program.activity().slots().contains(slot)
                || touched && program.symbol(slot).role() == SymbolRole.ACCUMULATOR)
        .boxed()
        .toList();
  }

  private static void neurons(VerifiedProgram verified, Random random, String text) {
    var program = verified.program();
    var store = resting(program, watched(program), random);
    var before = new StoreOracle(store, Timeline.PRESENT);
    var groups = new Groups(LANES, 7);
    random.ints(LANES).forEach(value -> groups.reduced()[(value & 0xffff) % LANES] = value);
    var kernel =
        new Interpreter()
            .neuron(
                new NeuronBinding(
                    verified,
                    store,
                    7,
                    groups,
                    new int[program.symbols().size()],
                    timeline(program, random)
                        .surroundings(Draw.base(random.nextLong(), Draw.Kind.NEURON, 1))));
    for (int section = 0; section < verified.sections().size(); section++) {
      kernel.run(section, null, Timeline.PRESENT);
    }
    before.check(text);
    emittedNothing(store, text);
    assertThat(groups.bidders()).as(text).containsOnly(0);
  }

  private static void emittedNothing(LaneStore store, String text) {
    for (int slot = 0; slot < store.program().symbols().size(); slot++) {
      if (store.stream(slot) != null) {
        for (int lane = 0; lane < LANES; lane++) {
          assertThat(store.stream(slot).get(Timeline.PRESENT, lane)).as(text).isFalse();
        }
      }
    }
  }

  private static void rows(VerifiedProgram verified, Random random, String text) {
    var program = verified.program();
    var store = resting(program, watched(program), random);
    var before = new StoreOracle(store, Timeline.PRESENT);
    var payloads = Payloads.random(LANES, 3, random);
    int possible = 7;
    if (program.activity().kind() == Activity.Kind.TOUCHED) {
      int at = payloads.at(Timeline.PRESENT);
      Arrays.fill(payloads.values(), at, at + LANES, 0);
      for (int t = 0; t < program.triggers().size(); t++) {
        possible &= program.triggers().get(t).preAge() == 0 ? ~(1 << t) : -1;
      }
    }
    int[] fired = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      fired[i] = random.nextInt(8) & possible;
    }
    new Interpreter()
        .row(
            new RowBinding(
                verified,
                store,
                payloads,
                timeline(program, random)
                    .surroundings(Draw.base(random.nextLong(), Draw.Kind.ROW, 1))))
        .run(IntStream.range(0, LANES).toArray(), fired, LANES, Timeline.PRESENT);
    before.check(text);
    emittedNothing(store, text);
  }

  private static VerifiedProgram verified(String source) {
    return Verifier.verify(Assembler.assemble("other.s", source, Map.of()).program());
  }

  private static void synapses(VerifiedProgram verified, Random random, String text) {
    var program = verified.program();
    var row = verified(Universe.SYNAPSE_ROW);
    var neuron = verified(Universe.SYNAPSE_NEURON);
    var linkage = Linkage.of(verified, Optional.of(row), neuron);
    var zero = program.activity().slots().stream().map(linkage::slot).toList();
    var rowStore = resting(row.program(), zero, random);
    var post = resting(neuron.program(), List.of(), random);
    var rowsBefore = new StoreOracle(rowStore, Timeline.PRESENT);
    var postBefore = new StoreOracle(post, Timeline.PRESENT);
    var layout = new SynapseLayout.Dense(LANES, LANES, null);
    var weights = SynapseColumn.of(NumberFormat.signed(9), layout.places());
    var tags = new SynapseColumn[program.symbols().size()];
    for (int i = 0; i < layout.places(); i++) {
      weights.set(i, random.nextInt(-255, 256));
    }
    for (int slot = 0; slot < tags.length; slot++) {
      var symbol = program.symbol(slot);
      if (symbol.role() == SymbolRole.TAG) {
        tags[slot] = SynapseColumn.of(symbol.format(), layout.places());
        for (int i = 0; i < layout.places(); i++) {
          tags[slot].set(i, symbol.format().saturate(Edges.mixed(random)));
        }
      }
    }
    int[][] before = new int[tags.length + 1][];
    for (int slot = 0; slot <= tags.length; slot++) {
      before[slot] = copy(slot == tags.length ? weights : tags[slot]);
    }
    long[] kills = new long[(layout.places() + 63) / 64];
    var firing = new Firing(LANES, new long[program.triggers().size()][]);
    firing.fire(7);
    new Interpreter()
        .synapse(
            new SynapseBinding(
                verified,
                linkage,
                layout,
                weights,
                NumberFormat.signed(9),
                tags,
                rowStore,
                post,
                Payloads.random(LANES, 3, random),
                5,
                false,
                kills,
                timeline(program, random)
                    .surroundings(Draw.base(random.nextLong(), Draw.Kind.SYNAPSE, 1))))
        .run(IntStream.range(0, LANES).toArray(), 0, LANES, firing, Timeline.PRESENT);
    for (int slot = 0; slot <= tags.length; slot++) {
      assertThat(copy(slot == tags.length ? weights : tags[slot])).as(text).isEqualTo(before[slot]);
    }
    assertThat(kills).as(text).containsOnly(0);
    rowsBefore.check(text);
    postBefore.check(text);
  }

  private static int[] copy(SynapseColumn column) {
    return column == null
        ? new int[0]
        : IntStream.range(0, column.length()).map(column::get).toArray();
  }
}
