package engram.isa.image;

import engram.isa.NumberFormat;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.testing.RandomPrograms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/// Images with everything that the format can hold, most of them without sense.
final class RandomImages {
  private final Random random;

  private RandomImages(Random random) {
    this.random = random;
  }

  static ChipImage image(Random random) {
    return new RandomImages(random).image();
  }

  private ChipImage image() {
    return new ChipImage(
        name(),
        random.nextLong(),
        random.nextInt(),
        list(() -> new RegisterImage(name(), format(), random.nextInt())),
        list(() -> RandomPrograms.program(random)),
        list(this::population),
        list(this::projection),
        list(this::core),
        list(() -> list(this::route)),
        list(this::sequencer),
        random.nextBoolean() ? Optional.empty() : Optional.of(samples()));
  }

  private <T> List<T> list(Supplier<T> element) {
    var list = new ArrayList<T>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      list.add(element.get());
    }
    return list;
  }

  private <T> Map<String, T> map(Supplier<T> value) {
    var map = new HashMap<String, T>();
    list(() -> map.put(name(), value.get()));
    return map;
  }

  private String name() {
    var letters = List.of("a", "Spike", "", "µ", "神経", "🧠", "x y", "\n", "v1");
    return letters.get(random.nextInt(letters.size())) + random.nextInt(100);
  }

  private NumberFormat format() {
    boolean signed = random.nextBoolean();
    return new NumberFormat(signed, 1 + random.nextInt(signed ? 32 : 31), random.nextInt(32));
  }

  private PopulationImage population() {
    Set<String> recorded = new HashSet<>(list(this::name));
    return new PopulationImage(
        name(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        map(random::nextInt),
        recorded);
  }

  private ProjectionImage projection() {
    return new ProjectionImage(
        name(),
        random.nextInt(),
        random.nextInt(),
        name(),
        list(() ->
            new ProjectionImage.Line(name(), random.nextInt(-128, 128), random.nextInt(-128, 128))),
        random.nextInt(),
        SynapseFormat.values()[random.nextInt(SynapseFormat.values().length)],
        format(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        ProjectionImage.Path.values()[random.nextInt(2)]);
  }

  private CoreImage core() {
    return new CoreImage(
        random.nextInt(),
        list(() ->
            new SliceImage(
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                map(this::ints),
                map(() -> list(this::route)))),
        list(this::block),
        list(() ->
            new AxonRange(
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(-128, 128),
                random.nextInt(-128, 128))));
  }

  private int[] ints() {
    return random.ints(random.nextInt(6)).toArray();
  }

  private SparseRows sparse(int rows, int lanes) {
    byte[] narrow = new byte[random.nextInt(6)];
    random.nextBytes(narrow);
    return random.nextBoolean()
        ? SparseRows.narrow(rows, lanes, ints(), narrow)
        : SparseRows.wide(rows, lanes, ints(), new char[] {(char) random.nextInt(), 0xffff});
  }

  private BlockImage block() {
    int rows = random.nextInt(5);
    int lanes = random.nextInt(100);
    var layout =
        switch (random.nextInt(4)) {
          case 0 -> new SynapseLayout.Dense(rows, lanes, null);
          case 1 ->
              new SynapseLayout.Dense(
                  rows, lanes, random.longs((long) rows * ((lanes + 63) / 64)).toArray());
          case 2 -> sparse(rows, lanes);
          default ->
              new SynapseLayout.Shared(
                  rows, lanes, random.nextInt(), ints(), ints(), ints(), ints(), ints());
        };
    SynapseColumn weights = null;
    if (random.nextBoolean()) {
      weights = SynapseColumn.of(NumberFormat.signed(16), random.nextInt(20));
      for (int i = 0; i < weights.length(); i++) {
        weights.set(i, (short) random.nextInt());
      }
    }
    return new BlockImage(
        random.nextInt(),
        random.nextInt(),
        layout,
        weights,
        map(this::ints),
        map(() -> list(this::route)));
  }

  private RouteImage route() {
    return new RouteImage(random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt());
  }

  private Sequencer sequencer() {
    return random.nextBoolean()
        ? new Sequencer.Rewire(random.nextInt(), random.nextInt())
        : new Sequencer.Reduce(random.nextInt(), name(), list(random::nextInt));
  }

  private SamplePort samples() {
    return new SamplePort(
        name(), name(), name(), name(), random.nextInt(), name(), name(), name(), random.nextInt());
  }
}
