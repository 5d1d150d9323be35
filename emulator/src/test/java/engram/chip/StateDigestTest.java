package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Presets;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.SynapseFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One state, whatever computes it: threads, placement, another process, another language.
final class StateDigestTest {
  @TempDir private Path folder;

  private static final String CELL =
      """
      .program neuron cell
      .acc    in    : s24 history 2
      .acc    back  : s32
      .acc    level : s8 hold
      .field  v     : s24 history 3
      .param  leak  : u16 = 3000
      .global mode  : u3
      .group  pool
      .stream spike history 2
      .stream value graded
              ld    r0, v
              ld    r1, leak
              mul   r0, r0, r1, 12, stochastic
              ld    r1, in
              add   r0, r0, r1
              ld    r1, in@1
              add   r0, r0, r1
              ld    r1, back
              shr   r1, r1, 8, stochastic
              add   r0, r0, r1
              ld    r2, mode@1
              add   r0, r0, r2
              st    v, r0
              bid   r0
              reduce argmax, pool
              ld    r0, v
              ld    r1, winner
              ld    r2, index
              cmpeq p1, r1, r2
              cmpgt p2, r0, 300
              por   p3, p1, p2
        (p3)  emit  spike
        (p2)  emit  value, r0
        (p2)  sub   r0, r0, 300
              st    v, r0
      """;

  private static final String ROW =
      """
      .program row row
      .field  trace : u16
      .acc    back  : s32
      .stream back_out sums back
      .trigger each = step
              ld    r0, trace
              mul   r0, r0, 3000, 12, stochastic
              ld    r1, payload@1
              cmpne p1, r1, 0
        (p1)  add   r0, r0, 500
              st    trace, r0
              emit  back_out
      """;

  private static final String SYNAPSE =
      """
      .program synapse synapse
      .row    trace
      .rowacc back
      .post   v, spike
      .tag    t : s12
      .trigger pair = pre@1 and post.spike
      .trigger some = every 3
              ld    r0, w
              ld    r1, v
              shr   r1, r1, 4
              rowadd back, r0, r1
              ld    r2, t
              cause p1, pair
              draw  r3, 3
        (p1)  add   r2, r2, r3
              ld    r4, trace
              shr   r4, r4, 7, stochastic
        (!p1) sub   r2, r2, r4
              st    t, r2
              shr   r2, r2, 6, stochastic
              add   r0, r0, r2
              st    w, r0
      """;

  /// A recurrent network with everything in it, its second population cut into parts.
  static TestImage network(int... cores) {
    var random = new Random(5);
    var test = new TestImage().seed(77).frame(2);
    test.external("host", 6);
    test.population("a", 24, CELL, 0, Map.of("pool", 24), 0);
    test.population("b", 84, CELL, 2, Map.of("pool", 2), cores);
    int row = test.compile(ROW);
    int synapse = test.compile(SYNAPSE);
    test.projection("in", "host", "a", "in", random(random, 6, 24, 1.0));
    test.projection(
        "ab",
        "a",
        "b",
        "in",
        random(random, 24, 84, 1.0),
        p -> {
          p.type = NumberFormat.signed(8);
          p.row = row;
          p.learn = synapse;
          p.lines = List.of(new Line("spike", 1, 1), new Line("value", -1, 7));
        });
    test.projection(
        "ba",
        "b",
        "a",
        "in",
        random(random, 84, 24, 0.3),
        p -> {
          p.format = SynapseFormat.SPARSE;
          p.type = NumberFormat.signed(8);
          p.row = row;
          p.learn = synapse;
          p.lines = List.of(new Line("spike", 1, 3));
        });
    test.projection(
        "bb",
        "b",
        "b",
        "in",
        random(random, 84, 84, 0.2),
        p -> {
          p.format = SynapseFormat.MASKED;
          p.type = NumberFormat.signed(8);
          p.learn = synapse;
          p.row = row;
        });
    test.projection(
        "returns",
        "a",
        "a",
        "back",
        TestImage.oneToOne(24, 1),
        p -> {
          p.format = SynapseFormat.SPARSE;
          p.rowsOf = 1;
          p.lines = List.of(new Line("back_out", 1, 1));
        });
    test.projection("level", "host", "b", "level", random(random, 6, 84, 1.0));
    return test;
  }

  private static Integer[][] random(Random random, int rows, int columns, double share) {
    var weights = new Integer[rows][columns];
    for (var row : weights) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextDouble() < share ? random.nextInt(81) - 40 : null;
      }
    }
    return weights;
  }

  static Chip drive(Chip chip, int from, int to) {
    for (int step = from; step < to; step++) {
      var random = new Random(step);
      for (int i = 0; i < 6; i++) {
        if (random.nextInt(3) == 0) {
          chip.inject("host", i, random.nextInt(9) - 2);
        }
      }
      if (step % 11 == 3) {
        chip.setRegister("mode", random.nextInt(8));
      }
      if (step % 17 == 5) {
        chip.setClock((long) step << 32);
      }
      chip.step();
    }
    return chip;
  }

  private static String digestAfter(int steps, ChipOptions options, int... cores) {
    try (var chip = network(cores).load(options)) {
      return drive(chip, 0, steps).stateDigest();
    }
  }

  @Test
  void isTheSameForAnyNumberOfThreads() {
    String one = digestAfter(150, ChipOptions.reference(), 1, 2, 3);
    for (int threads : new int[] {2, 3, 8}) {
      assertThat(
              digestAfter(
                  150, ChipOptions.reference().withThreads(threads).alwaysShared(), 1, 2, 3))
          .isEqualTo(one);
    }
  }

  @Test
  void theCostIsTheSameForAnyNumberOfThreads() {
    try (var one = network(1, 2, 3).load();
        var two = network(1, 2, 3).load(ChipOptions.reference().withThreads(2).alwaysShared())) {
      assertThat(drive(two, 0, 90).costDigest()).isEqualTo(drive(one, 0, 90).costDigest());
    }
  }

  @Test
  void isTheSameForAnyPlacement() {
    String together = digestAfter(150, ChipOptions.reference(), 0);
    assertThat(digestAfter(150, ChipOptions.reference(), 9)).isEqualTo(together);
    assertThat(digestAfter(150, ChipOptions.reference(), 9, 63)).isEqualTo(together);
    assertThat(digestAfter(150, ChipOptions.reference(), 7, 6, 5, 4, 3, 2, 1)).isEqualTo(together);
  }

  @Test
  void somethingHappensInThisNetwork() {
    try (var chip = network(1, 2).load()) {
      drive(chip, 0, 150);
      var cost = chip.cost();
      assertThat(cost.count(engram.chip.preset.Counter.EVENTS_EMITTED)).isGreaterThan(2000);
      assertThat(cost.count(engram.chip.preset.Counter.LEARNING_OPERATIONS)).isGreaterThan(10_000);
      assertThat(chip.weights("ab")).isNotEqualTo(network(1, 2).load().weights("ab"));
      assertThat(chip.read("a", "back")).isNotEqualTo(new int[24]);
    }
  }

  @Test
  void seesEveryPartOfTheState() {
    try (var chip = network(1, 2).load()) {
      drive(chip, 0, 40);
      String before = chip.stateDigest();
      assertThat(chip.stateDigest()).isEqualTo(before);
      try (var other = chip.fork()) {
        assertThat(other.stateDigest()).isEqualTo(before);
        other.write("b", "v", 83, 12345);
        assertThat(other.stateDigest()).isNotEqualTo(before);
      }
      try (var other = chip.fork()) {
        int[] weights = other.weights("ba");
        for (int i = 0; i < weights.length; i++) {
          weights[i]++;
        }
        other.writeWeights("ba", weights);
        assertThat(other.stateDigest()).isNotEqualTo(before);
      }
      try (var other = chip.fork()) {
        other.setRegister("mode", (other.register("mode", 0) + 1) & 7);
        assertThat(other.stateDigest()).isNotEqualTo(before);
      }
      assertThat(chip.stateDigest()).isEqualTo(before);
    }
  }

  @Test
  void aForkGoesItsOwnWayAndLeavesTheOriginalAlone() {
    try (var chip = network(1, 2).load()) {
      drive(chip, 0, 40);
      String here = chip.stateDigest();
      try (var fork = chip.fork()) {
        drive(fork, 40, 90);
        assertThat(chip.stateDigest()).isEqualTo(here);
        drive(chip, 40, 90);
        assertThat(fork.stateDigest()).isEqualTo(chip.stateDigest());
      }
    }
  }

  @Test
  void survivesSnapshotAndRestoreInAnotherProcess() throws IOException, InterruptedException {
    Path file = folder.resolve("chip.snap");
    try (var chip = network(1, 2, 3).load()) {
      drive(chip, 0, 61);
      try (var out = Files.newOutputStream(file)) {
        chip.snapshot("after 61 steps", out);
      }
      String here = chip.stateDigest();
      assertThat(Digests.otherProcess(file, 1, 0)).isEqualTo(here);
      chip.run(25);
      assertThat(Digests.otherProcess(file, 2, 25)).isEqualTo(chip.stateDigest());
    }
  }

  @Test
  void pythonRecomputesItFromTheDocumentedLayout() throws IOException, InterruptedException {
    Path file = folder.resolve("chip.snap");
    try (var chip = network(4, 2).load()) {
      drive(chip, 0, 47);
      try (var out = Files.newOutputStream(file)) {
        chip.snapshot("", out);
      }
      String python = Digests.python(file);
      if (python != null) {
        assertThat(python).isEqualTo(chip.stateDigest());
      }
    }
  }

  @Test
  void aDamagedSnapshotIsRefusedWhereverTheDamageIs() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var chip = network(1).load()) {
      drive(chip, 0, 5);
      chip.snapshot("note", bytes);
    }
    byte[] good = bytes.toByteArray();
    assertThat(Snapshot.read(new ByteArrayInputStream(good)).note()).isEqualTo("note");
    var random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      bad[i < 60 ? i : random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> Snapshot.read(new ByteArrayInputStream(bad)))
          .isInstanceOf(SnapshotException.class);
    }
    for (int length : new int[] {0, 7, 8, 11, 12, 15, 100, good.length / 2, good.length - 1}) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Snapshot.read(new ByteArrayInputStream(cut)))
          .isInstanceOf(SnapshotException.class);
    }
    byte[] longer = java.util.Arrays.copyOf(good, good.length + 1);
    assertThatThrownBy(() -> Snapshot.read(new ByteArrayInputStream(longer)))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("behind its end");
  }

  @Test
  void aStateThatDoesNotFitItsImageIsRefused() throws IOException {
    try (var chip = network(1).load()) {
      var bytes = new ByteArrayOutputStream();
      chip.snapshot("", bytes);
      var read = Snapshot.read(new ByteArrayInputStream(bytes.toByteArray()));
      var cut =
          new Snapshot(
              "",
              read.preset(),
              read.image(),
              java.util.Arrays.copyOf(read.state(), 100),
              new byte[0]);
      assertThatThrownBy(() -> cut.restore(Presets.named("engram-1"), ChipOptions.reference()))
          .isInstanceOf(SnapshotException.class)
          .hasMessageContaining("does not fit its image");
    }
  }

  /// A state may come from anybody, with sums that are right: it is refused, or the chip runs on.
  @Test
  void aStateWithNumbersThatNoChipHasDoesNoHarm() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var chip = network(1).load()) {
      drive(chip, 0, 5);
      chip.snapshot("", bytes);
    }
    var good = Snapshot.read(new ByteArrayInputStream(bytes.toByteArray()));
    int words = good.state().length / Integer.BYTES;
    int refused = 0;
    int cases = 0;
    for (int word = 0; word < words; word += 1 + words / 100) {
      for (int value : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        cases++;
        byte[] state = good.state().clone();
        ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putInt(word * Integer.BYTES, value);
        var bad = new Snapshot("", good.preset(), good.image(), state, good.mirrors());
        try (var chip = bad.restore(Presets.named("engram-1"), ChipOptions.reference())) {
          chip.run(2);
          chip.stateDigest();
        } catch (SnapshotException | ChipStop e) {
          refused++;
        } catch (RuntimeException e) {
          throw new AssertionError("word %d: %d".formatted(word, value), e);
        }
      }
    }
    assertThat(refused).isBetween(cases / 4, cases - 1);
  }

  @Test
  void aStepWhereSumsOfStepsOverflowIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var chip = network(1).load()) {
      chip.snapshot("", bytes);
    }
    var good = Snapshot.read(new ByteArrayInputStream(bytes.toByteArray()));
    for (long step : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      byte[] state = good.state().clone();
      ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putLong(0, step);
      var bad = new Snapshot("", good.preset(), good.image(), state, good.mirrors());
      assertThatThrownBy(() -> bad.restore(Presets.named("engram-1"), ChipOptions.reference()))
          .isInstanceOf(SnapshotException.class)
          .hasMessageContaining("step: " + step + " (expected: 0 to ");
    }
  }
}
