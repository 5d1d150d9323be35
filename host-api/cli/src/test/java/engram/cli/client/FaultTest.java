package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.client.Fault;
import engram.client.FaultMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Faults from a shell, and through the Java client, over real sockets.
final class FaultTest {
  private static final int USAGE = 2;

  @TempDir static Path folder;
  private static ServedChips chips;

  @BeforeAll
  static void startServer() throws IOException {
    chips = new ServedChips(folder, 20);
  }

  @AfterAll
  static void stopServer() {
    chips.close();
  }

  private static Cli.Outcome fault(String token, String words) {
    var all = new ArrayList<Object>(List.of("fault"));
    all.addAll(Arrays.asList(words.split(" ")));
    all.addAll(List.of("--chip", token));
    return chips.client(all.toArray());
  }

  @Test
  void bitsTurnOverAtOnceOrLater() {
    String token = chips.loaded();
    assertThat(fault(token, "inject --field mouth.v --index 2 --bit 4").succeeds().out())
        .isEqualTo("1 fault injected; step 0 sees it first\n");
    assertThat(chips.client("read", "--field", "mouth.v", "--chip", token).out())
        .isEqualTo("0\n0\n16\n0\n");
    assertThat(fault(token, "list").succeeds().out()).isEmpty();
    fault(token, "inject --weights nerve --index 5 --bit 7 --at 3").succeeds();
    fault(token, "inject --tag nerve.steps --count 4 --seed -9 --at 5").succeeds();
    assertThat(fault(token, "list").succeeds().out())
        .isEqualTo(
            """
            bit 7 of word 5 in weights of nerve, before step 3
            4 bits in steps of nerve, seed -9, before step 5
            """);
    chips.client("run", 4, "--chip", token).succeeds();
    assertThat(chips.client("read", "--weights", "nerve", "--chip", token).out())
        .isEqualTo("64,0,0,0\n0,-64,0,0\n0,0,64,0\n0,0,0,64\n");
  }

  @Test
  void faultsAreListedForWhoDrivesAndWhoWatchesAndCleared() {
    String token = chips.loaded();
    fault(token, "inject --dead-core 0 --from 4 --until 6").succeeds();
    fault(token, "inject --dead-core 7").succeeds();
    fault(token, "inject --loss 0.25 --seed 3 --from-core 1 --to-core 0").succeeds();
    fault(token, "inject --loss 1 --from 2 --until 9").succeeds();
    String list =
        """
        core 0 dead from step 4 until step 6
        core 7 dead from step 0
        events from core 1 to core 0 lost with probability 0.25, seed 3 from step 0
        events lost with probability 1.0, seed 0 from step 2 until step 9
        """;
    assertThat(fault(token, "list").succeeds().out()).isEqualTo(list);
    assertThat(chips.client("fault", "list", "--lease", chips.name(token)).succeeds().out())
        .isEqualTo(list);
    chips.client("reset", "--chip", token).succeeds();
    assertThat(fault(token, "list --json").json().toString())
        .isEqualTo(
            "[{\"kind\":\"dead_core\",\"core\":0,\"from_step\":4,\"until_step\":6},"
                + "{\"kind\":\"dead_core\",\"core\":7,\"from_step\":0},"
                + "{\"kind\":\"packet_loss\",\"probability\":0.25,\"seed\":3,\"from_core\":1,"
                + "\"to_core\":0,\"from_step\":0},"
                + "{\"kind\":\"packet_loss\",\"probability\":1.0,\"seed\":0,\"from_step\":2,"
                + "\"until_step\":9}]");
    assertThat(fault(token, "clear").succeeds().out()).isEqualTo("4 faults cleared\n");
    assertThat(fault(token, "list --json").succeeds().out()).isEqualTo("[]\n");
  }

  @Test
  void aRunTellsWhatGotLost() throws IOException {
    String token = chips.loaded();
    fault(token, "inject --loss 1 --from 2 --until 3").succeeds();
    // An event of step 3 waits in its axon and is due at 5.
    fault(token, "inject --dead-core 0 --from 5 --until 6").succeeds();
    Path events = chips.write("lossy.csv", "# unit: timesteps\ntime,address\n1,0\n2,1\n2,2\n3,3\n");
    chips.client("inject", "ear", events, "--chip", token).succeeds();
    assertThat(chips.client("run", 10, "--chip", token).succeeds().out())
        .endsWith("; step 10 comes next; 2 events got lost; dead cores dropped 1 events\n");
    chips.client("reset", "--chip", token).succeeds();
    chips.client("inject", "ear", events, "--chip", token).succeeds();
    var json = chips.client("run", 10, "--json", "--chip", token).json();
    assertThat(json.get("lost_events").asInt()).isEqualTo(2);
    assertThat(json.get("dropped_events").asInt()).isEqualTo(1);
    assertThat(
            chips
                .client("info", "--json", "--chip", token)
                .json()
                .at("/cost/counts/events-lost")
                .asInt())
        .isEqualTo(4);
  }

  @Test
  void theJavaClientInjectsListsAndClearsThem() {
    try (var connection = chips.connect();
        var chip = connection.reattach(chips.loaded())) {
      chip.run(2);
      var loss = Fault.packetLoss(0.5, 1).toCore(0).during(3, 9);
      var later = Fault.bitFlip(new FaultMemory.Field("mouth", "v"), 1, 15).before(2);
      var atOnce = Fault.randomFlips(new FaultMemory.Weights("nerve"), 32, 5);
      assertThat(chip.injectFaults(List.of(loss, atOnce, later, Fault.deadCore(9)))).isEqualTo(2);
      assertThat(chip.faults())
          .containsExactly(loss, later, new Fault.DeadCore(9, stepOf(2), stepOf()));
      // All 32 bits of the four weights of 64.
      assertThat(chip.readWeights("nerve").values()[0]).isEqualTo(~64);
      assertThat(chip.cost().getCountsOrThrow("bits-flipped")).isEqualTo(32);
      assertThat(chip.clearFaults()).isEqualTo(3);
      assertThat(chip.faultsAsync().join()).isEmpty();
    }
  }

  private static OptionalLong stepOf(long... step) {
    return Arrays.stream(step).findFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inject | --dead-core",
        "inject --dead-core 0 --loss 1 | --dead-core",
        "inject --dead-core -1 | --dead-core: -1 (expected: at least 0)",
        "inject --dead-core 0 --seed 3 | --seed: with --dead-core (expected: only --from, --until)",
        "inject --loss 1.5 | --loss: 1.5 (expected: 0 to 1)",
        "inject --loss NaN | --loss: NaN (expected: 0 to 1)",
        "inject --loss 1 --at 3 | --at: with --loss (expected: only --from,",
        "inject --loss 1 --to-core -3 | --to-core: -3 (expected: at least 0)",
        "inject --loss 1 --from -3 | --from: -3 (expected: at least 0)",
        "inject --weights nerve | bits: none (expected: --index and --bit, or --count)",
        "inject --weights nerve --index 1 | bits: none",
        "inject --weights nerve --index 1 --bit 1 --seed 2 | --seed: without --count",
        "inject --weights nerve --index 1 --count 1 | --count: with --index or --bit",
        "inject --field mouth --count 1 | --field: mouth (expected: POPULATION.FIELD)",
        "inject --tag steps --count 1 | --tag: steps (expected: PROJECTION.TAG)",
        "wreck | wreck",
      })
  void whatDoesNotBelongTogetherIsTold(String words, String message) {
    fault("any", words.strip()).isRefused(USAGE, message.strip());
  }

  @Test
  void whatTheChipHasNotIsTold() {
    String token = chips.loaded();
    fault(token, "inject --field mouth.w --count 1")
        .isRefused(USAGE, "field of mouth: w (expected: one of v)");
    fault(token, "inject --field mouth.v --index 0 --bit 16")
        .isRefused(USAGE, "bit: 16 (expected: < 16, the width of v of mouth)");
    fault(token, "inject --weights nerve --index 1 --bit 0")
        .isRefused(USAGE, "none leads from 0 to 1");
    fault(token, "inject --dead-core 9999").isRefused(USAGE, "core: 9999 (expected: < ");
    assertThat(fault(token, "list").succeeds().out()).isEmpty();
    chips.cli().run("client", "fault").isRefused(USAGE, "a command is missing");
  }
}
