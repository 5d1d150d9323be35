package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.PacketLoss;
import engram.chip.fault.RandomFlips;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A chip with faults, written down and gone on with.
final class FaultSnapshotTest {
  private static final int[] CORES = {1, 2, 3};

  @TempDir private Path folder;

  /// Core 2 holds the middle third of a population whose rows three cores share.
  private static final List<Fault> FAULTS =
      List.of(
          new DeadCore(2, 20, 34),
          new PacketLoss(PacketLoss.units(0.1), 3, PacketLoss.ANY, 3, 10, 60),
          PacketLoss.everywhere(0.05, 4, 0, Fault.FOREVER),
          new PacketLoss(PacketLoss.units(0.2), 5, 1, PacketLoss.ANY, 25, 50),
          new BitFlip(new FaultMemory.Field("b", "v"), 40, 22, 28),
          new RandomFlips(new FaultMemory.Weights("bb"), 20, 8, 31),
          new RandomFlips(new FaultMemory.Tag("ab", "t"), 30, 9, 47));

  private static Chip faulty() {
    var chip = StateDigestTest.network(CORES).load();
    chip.inject(FAULTS);
    return chip;
  }

  private static Snapshot snapshot(Chip chip) throws IOException {
    var bytes = new ByteArrayOutputStream();
    chip.snapshot("", bytes);
    return Snapshot.read(new ByteArrayInputStream(bytes.toByteArray()));
  }

  private static Chip restored(Snapshot snapshot) {
    return snapshot.restore(Presets.named("engram-1"), ChipOptions.reference());
  }

  @Test
  void theRunGoesOnAsTheUndisturbedOneWheneverItIsWrittenDown() throws IOException {
    String end;
    try (var undisturbed = faulty()) {
      end = StateDigestTest.drive(undisturbed, 0, 70).stateDigest();
      assertThat(undisturbed.count(Counter.EVENTS_DROPPED)).isPositive();
      assertThat(undisturbed.count(Counter.EVENTS_LOST)).isPositive();
      assertThat(undisturbed.count(Counter.BITS_FLIPPED)).isEqualTo(51);
    }
    try (var well = StateDigestTest.network(CORES).load()) {
      assertThat(StateDigestTest.drive(well, 0, 70).stateDigest()).isNotEqualTo(end);
    }
    for (int step : new int[] {0, 5, 12, 20, 21, 27, 28, 29, 33, 34, 35, 40, 47, 59, 64}) {
      try (var before = faulty()) {
        StateDigestTest.drive(before, 0, step);
        try (var copy = restored(snapshot(before));
            var fork = before.fork()) {
          assertThat(copy.faults()).isEqualTo(FAULTS);
          assertThat(fork.faults()).isEqualTo(FAULTS);
          assertThat(copy.stateDigest()).as("step %d", step).isEqualTo(before.stateDigest());
          assertThat(StateDigestTest.drive(copy, step, 70).stateDigest())
              .as("step %d", step)
              .isEqualTo(end);
          assertThat(StateDigestTest.drive(fork, step, 70).stateDigest()).isEqualTo(end);
        }
      }
    }
  }

  @Test
  void eventsThatTheHostHasInjectedAreOnTheWayToo() throws IOException {
    try (var chip = faulty()) {
      StateDigestTest.drive(chip, 0, 22);
      for (int i = 0; i < 6; i++) {
        chip.inject("host", i, 2);
      }
      try (var copy = restored(snapshot(chip))) {
        copy.run(20);
        chip.run(20);
        assertThat(copy.stateDigest()).isEqualTo(chip.stateDigest());
      }
    }
  }

  @Test
  void aForkWithoutTheFaultsGoesAnotherWay() {
    try (var chip = faulty()) {
      StateDigestTest.drive(chip, 0, 25);
      try (var fork = chip.fork()) {
        fork.clearFaults();
        assertThat(fork.stateDigest()).isEqualTo(chip.stateDigest());
        StateDigestTest.drive(fork, 25, 40);
        StateDigestTest.drive(chip, 25, 40);
        assertThat(fork.stateDigest()).isNotEqualTo(chip.stateDigest());
        assertThat(chip.faults()).hasSize(7);
      }
    }
  }

  @Test
  void aForkOfAForkKnowsWhatCoresKnowApartWithoutTheFaults() {
    try (var chip = faulty()) {
      StateDigestTest.drive(chip, 0, 31);
      chip.clearFaults();
      try (var fork = chip.fork();
          var second = fork.fork()) {
        StateDigestTest.drive(chip, 31, 45);
        assertThat(StateDigestTest.drive(fork, 31, 45).stateDigest()).isEqualTo(chip.stateDigest());
        assertThat(StateDigestTest.drive(second, 31, 45).stateDigest())
            .isEqualTo(chip.stateDigest());
      }
    }
  }

  @Test
  void aResetBringsTheSameRunAgain() {
    try (var chip = StateDigestTest.network(CORES).load()) {
      chip.inject(new DeadCore(2, 3, 9));
      chip.inject(PacketLoss.everywhere(0.3, 4, 0, Fault.FOREVER));
      chip.run(9);
      chip.reset();
      assertThat(chip.faults()).hasSize(2);
      try (var fork = chip.fork()) {
        assertThat(fork.stateDigest()).isEqualTo(chip.stateDigest());
        StateDigestTest.drive(fork, 0, 30);
        assertThat(StateDigestTest.drive(chip, 0, 30).stateDigest()).isEqualTo(fork.stateDigest());
      }
    }
  }

  @Test
  void pythonRecomputesTheDigestOfAChipWhoseCoresAreApart()
      throws IOException, InterruptedException {
    Path file = folder.resolve("chip.snap");
    try (var chip = faulty()) {
      StateDigestTest.drive(chip, 0, 30);
      try (var out = Files.newOutputStream(file)) {
        chip.snapshot("", out);
      }
      String python = Digests.python(file);
      if (python != null) {
        assertThat(python).isEqualTo(chip.stateDigest());
      }
      assertThat(Digests.otherProcess(file, 2, 30)).isNotEqualTo(chip.stateDigest());
      chip.run(30);
      assertThat(Digests.otherProcess(file, 2, 30)).isEqualTo(chip.stateDigest());
    }
  }

  private static int version(Chip chip) throws IOException {
    var bytes = new ByteArrayOutputStream();
    chip.snapshot("", bytes);
    return ByteBuffer.wrap(bytes.toByteArray()).getInt(8);
  }

  @Test
  void onlyAChipWithFaultsNeedsTheNewVersion() throws IOException {
    try (var chip = StateDigestTest.network(CORES).load()) {
      chip.inject(new BitFlip(new FaultMemory.Field("b", "v"), 3, 3, Fault.AT_ONCE));
      StateDigestTest.drive(chip, 0, 5);
      assertThat(version(chip)).isEqualTo(1);
      chip.inject(new DeadCore(60, 0, 9));
      assertThat(version(chip)).isEqualTo(2);
      chip.clearFaults();
      assertThat(version(chip)).isEqualTo(1);
    }
  }

  @Test
  void coresThatAreApartStayOnTheirPlacement() throws IOException {
    Snapshot apart;
    Snapshot together;
    try (var chip = faulty()) {
      together = snapshot(StateDigestTest.drive(chip, 0, 9));
      apart = snapshot(StateDigestTest.drive(chip, 9, 30));
    }
    try (var elsewhere = together.onto(StateDigestTest.network(4, 5).load())) {
      assertThat(elsewhere.faults()).isEqualTo(FAULTS);
    }
    for (int[] cores : new int[][] {{4, 2, 3}, {1, 2}, {7, 6, 5, 4, 3, 2, 1}}) {
      assertThatThrownBy(() -> apart.onto(StateDigestTest.network(cores).load()))
          .isInstanceOf(SnapshotException.class)
          .hasMessageContaining("of part of ");
    }
  }

  /// Sections may come from anybody, with sums that are right.
  @Test
  void damagedFaultsAndPartsAreRefusedOrHarmless() throws IOException {
    Snapshot good;
    try (var chip = faulty()) {
      good = snapshot(StateDigestTest.drive(chip, 0, 30));
    }
    int refused = 0;
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      byte[] faults = good.faults().clone();
      byte[] parts = good.parts().clone();
      byte[] bad = seed % 2 == 0 ? faults : parts;
      bad[random.nextInt(seed % 3 == 0 ? 40 : bad.length)] ^= (byte) (1 << random.nextInt(8));
      if (seed % 5 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
        faults = seed % 2 == 0 ? bad : faults;
        parts = seed % 2 == 0 ? parts : bad;
      }
      var damaged =
          new Snapshot(
              "", good.preset(), good.image(), good.state(), good.mirrors(), faults, parts);
      try (var chip = restored(damaged)) {
        chip.run(20);
        chip.stateDigest();
      } catch (SnapshotException | ChipStop e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(refused).isBetween(60, 290);
  }
}
