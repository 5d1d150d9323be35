package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.RunEnd;
import engram.client.RunOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Chips that live from command to command: leased, loaded, run, given back.
final class LifeOfAChipTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;

  @TempDir Path folder;
  private ServedChips chips;

  @BeforeEach
  void startServer() throws IOException {
    chips = new ServedChips(folder, 2);
  }

  @AfterEach
  void stopServer() {
    chips.close();
  }

  @Test
  void livesFromCommandToCommand() {
    var leased = chips.client("lease", "engram-1").succeeds();
    assertThat(leased.out()).matches("[A-Za-z0-9_-]{43}\n");
    assertThat(leased.err()).matches("lease engram-1-\\S+ ends after 3600 s without a command\n");
    String token = leased.out().strip();
    String name = chips.name(token);
    assertThat(leased.err()).startsWith("lease " + name + " ");
    assertThat(chips.client("info", "--chip", token).succeeds().out())
        .isEqualTo("lease " + name + ": engram-1, nothing loaded\n");
    assertThat(chips.client("load", chips.network(), "--chip", token).succeeds().out())
        .contains("mouth ", "synapse memory");
    assertThat(chips.client("run", 100, "--chip", token).succeeds().out())
        .startsWith("100 steps in ")
        .endsWith("; step 100 comes next\n");
    var run = chips.client("run", "--until-step", 150, "--json", "--chip", token).json();
    assertThat(run.get("end").asText()).isEqualTo("done");
    assertThat(run.get("steps").asInt()).isEqualTo(50);
    assertThat(run.get("step").asInt()).isEqualTo(150);
    chips.client("reset", "--chip", token).succeeds();
    assertThat(chips.client("run", 1, "--chip", token).succeeds().out())
        .endsWith("; step 1 comes next\n");
    chips.client("release", "--chip", token).succeeds();
    chips
        .client("run", 1, "--chip", token)
        .isRefused(FAILED, "no lease has that token: it may have expired; lease a chip anew");
    assertThat(chips.client("info").succeeds().out()).contains("engram-1: 2 of 2 chips free\n");
  }

  @Test
  void stopEndsWhatSomebodyElseHasBegun() {
    String token = chips.loaded();
    assertThat(chips.client("stop", "--chip", token).succeeds().out())
        .isEqualTo("at rest already; step 0 comes next\n");
    try (var connection = chips.connect()) {
      var run = connection.reattach(token).runAsync(RunOptions.untilStopped());
      var stopped = chips.client("stop", "--chip", token).succeeds().out();
      assertThat(stopped).matches("stopped; step \\d+ comes next\n");
      assertThat(stopped).contains("step " + run.result().step() + " ");
      assertThat(run.result().end()).isEqualTo(RunEnd.CANCELLED);
    }
  }

  @Test
  void infoTellsWhatTheServerHas() {
    String name = chips.name(chips.loaded());
    assertThat(chips.client("info").succeeds().out())
        .isEqualTo(
            """
            test server, protocol 1.0, instruction set 1
            engram-1: 1 of 2 chips free
            lease %s: network echo, step 0
            """
                .formatted(name));
    var json = chips.client("info", "--json").json();
    assertThat(json.get("server").asText()).isEqualTo("test server");
    assertThat(json.get("pools").toString())
        .isEqualTo("[{\"preset\":\"engram-1\",\"chips\":2,\"free\":1,\"queued\":0}]");
    assertThat(json.at("/leases/0/network").asText()).isEqualTo("echo");
    assertThat(json.at("/leases/0/attached").asBoolean()).isFalse();
  }

  @Test
  void infoTellsWhatAChipHolds() {
    String token = chips.loaded();
    chips.client("run", 7, "--chip", token).succeeds();
    var text = chips.client("info", "--chip", token, "--digest").succeeds().out();
    assertThat(text)
        .contains(
            "lease " + chips.name(token) + ": engram-1, network echo, step 7, seed 1, 1 cores\n",
            "population ear: 4 neurons, external\n",
            "population mouth: 4 neurons, program voice; streams spike level; words ",
            " v:s16",
            "projection nerve: ear.spike to mouth.in, weights s8q(6), plastic, tags steps\n",
            "register gain: 0 to 15\n",
            "cost: 7 steps, ")
        .containsPattern("\nstate digest [0-9a-f]{64}\ncost digest [0-9a-f]{64}\n");
    var json = chips.client("info", "--chip", token, "--digest", "--json").json();
    assertThat(json.get("step").asInt()).isEqualTo(7);
    assertThat(json.at("/populations/1/streams").toString()).isEqualTo("[\"spike\",\"level\"]");
    assertThat(json.at("/projections/0/weight_bits").asInt()).isEqualTo(8);
    assertThat(json.at("/registers/0/max").asInt()).isEqualTo(15);
    assertThat(json.at("/cost/counts/steps").asInt()).isEqualTo(7);
    assertThat(text).contains("state digest " + json.get("state_digest").asText());
    var watched = chips.client("info", "--lease", chips.name(token), "--digest", "--json").json();
    assertThat(watched).isEqualTo(json);
  }

  @Test
  void aChipMayBeLeasedForOneCommandOnly() {
    assertThat(chips.client("run", 5, "--load", chips.network()).succeeds().out())
        .endsWith("; step 5 comes next\n");
    assertThat(chips.client("load", chips.network(), "--verify").succeeds().out())
        .contains("synapse memory");
    assertThat(chips.client("info").out()).contains("2 of 2 chips free").doesNotContain("lease ");
  }

  @Test
  void verifyingLeavesTheChipAsItIs() {
    String token = chips.lease();
    chips.client("load", chips.network(), "--verify", "--chip", token).succeeds();
    assertThat(chips.client("info", "--chip", token).out()).contains("nothing loaded");
  }

  @Test
  void leasesSayHowTheChipIsEmulated() {
    var leased =
        chips
            .client(
                "lease",
                "engram-1",
                "--engine",
                "reference",
                "--threads",
                2,
                "--noc",
                "flit",
                "--ttl",
                500)
            .succeeds();
    assertThat(leased.err()).endsWith(" ends after 500 s without a command\n");
    String token = leased.out().strip();
    chips.client("load", chips.network(), "--chip", token).succeeds();
    chips.client("run", 3, "--chip", token).succeeds();
    chips.lease();
    chips.client("lease", "engram-1").isRefused(FAILED, "free chips of engram-1: 0 (of 2");
    chips.client("lease", "engram-9").isRefused(USAGE, "chip: engram-9 (expected: one of engram-1");
    chips
        .client("lease", "engram-1", "--ttl", 0)
        .isRefused(USAGE, "--ttl: 0 (expected: 1 to 86400");
    chips.client("lease", "engram-1", "--threads", 0).isRefused(USAGE, "--threads: 0");
    chips.client("lease", "engram-1", "--engine", "x").isRefused(USAGE, "--engine");
  }

  @Test
  void aCommandForAChipWantsOne() {
    chips.client("run", 1).isRefused(USAGE, "chip: none (expected: --chip TOKEN or ENGRAM_CHIP");
    chips.client("release").isRefused(USAGE, "chip: none");
    chips.client("run", 1, "--chip", "nonsense").isRefused(FAILED, "no lease has that token");
    chips.client("info", "--lease", "nonsense").isRefused(FAILED, "lease: nonsense");
  }

  @Test
  void anEmptyChipIsNotRun() {
    String token = chips.lease();
    chips
        .client("run", 1, "--chip", token)
        .isRefused(FAILED, "lease " + chips.name(token) + ": nothing is loaded");
  }

  // Loading.

  private String broken(String from, String to) throws IOException {
    return chips.write("broken.yaml", ServedChips.NETWORK.replace(from, to)).toString();
  }

  @Test
  void aNetworkThatTheChipRefusesEndsWith3() throws IOException {
    String token = chips.loaded();
    chips
        .client("load", broken("neurons: 4", "neurons: 400000"), "--chip", token)
        .isRefused(REFUSED, "refused by engram-1", "(expected: ");
    assertThat(chips.client("info", "--chip", token).out()).contains("mouth: 4 neurons");
  }

  @Test
  void aNetworkWithFaultsEndsWith1() throws IOException {
    String token = chips.lease();
    chips
        .client("load", broken("delay: 3", "delay: 99"), "--chip", token)
        .isRefused(FAILED, "broken.yaml:", "delay: 99 (expected: 1 to 63)");
    chips
        .client("load", broken("./voice", "neurons/lof"), "--chip", token)
        .isRefused(FAILED, "broken.yaml: ", "program: neurons/lof (expected: one of ");
    chips
        .client("load", broken("./voice", "./lof"), "--chip", token)
        .isRefused(FAILED, "lof.s: no such file");
    Files.writeString(chips.file("voice.s"), ".program neuron voice\n\n        wrong r0\n");
    chips
        .client("load", chips.network(), "--chip", token)
        .isRefused(FAILED, "echo.yaml: ", "wrong");
    chips.client("load", folder, "--chip", token).isRefused(FAILED, folder + ": a folder");
    chips.client("load", chips.file("absent"), "--chip", token).isRefused(FAILED, "no such file");
  }

  @Test
  void aDamagedImageIsRefused() throws IOException {
    String token = chips.lease();
    Path image = chips.write("some.image", "ENGRAMIM and nonsense");
    chips.client("load", image, "--chip", token).isRefused(REFUSED, "chip image");
  }

  // Running.

  @Test
  void runsUntilSomethingHappens() throws IOException {
    String token = chips.loaded();
    Path events = chips.write("in.csv", "# unit: timesteps\ntime,address\n5,1\n");
    chips.client("inject", "ear", events, "--chip", token).succeeds();
    assertThat(
            chips
                .client("run", "--until-events", "mouth.spike", "--at-most", 50, "--chip", token)
                .succeeds()
                .out())
        .endsWith("; step 8 comes next\n");
    assertThat(chips.client("run", "--until-register", "gain=1", "--chip", token).succeeds().out())
        .startsWith("1 steps ");
    var waited = chips.client("run", "--until-events", "mouth=2", "--at-most", 20, "--chip", token);
    assertThat(waited.code()).isEqualTo(FAILED);
    assertThat(waited.out()).startsWith("20 steps ");
    assertThat(waited.err())
        .isEqualTo("engram: what the run waited for did not come within 20 steps\n");
  }

  @Test
  void pacedRunsTellTheirDeadlines() {
    String token = chips.loaded();
    var run = chips.client("run", 20, "--paced", 2000, "--json", "--chip", token).json();
    assertThat(run.get("seconds").asDouble()).isGreaterThan(0.03);
    assertThat(run.get("missed_deadlines").asInt()).isBetween(0, 20);
  }

  @Test
  void aChipThatStopsByItsOwnRulesEndsWith3() throws IOException {
    Files.writeString(
        chips.file("voice.s"),
        """
        .program neuron voice
        .acc    in    : s24 stop hold
        .stream spike
        .stream level graded

                ld    r0, in
                cmpge p1, r0, 64
          (p1)  emit  spike
        """);
    String token = chips.loaded();
    var lines = new StringBuilder("# unit: timesteps\ntime,address,payload\n");
    for (int step = 0; step < 10; step++) {
      lines.append(step).append(",0,32767\n");
    }
    chips
        .client("inject", "ear", chips.write("flood.csv", lines.toString()), "--chip", token)
        .succeeds();
    chips.client("run", 20, "--chip", token).isRefused(REFUSED, "core 0, step 6, neuron program ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5 --until-step 9",
        "0",
        "x",
        "--until-step -1",
        "--until-events mouth=0",
        "--until-events mouth=x",
        "--until-register gain",
        "--until-register gain=99999999999",
        "5 --at-most 3",
        "--until-stopped --at-most 0",
        "5 --paced 0",
      })
  void howLongToRunIsSaidOnceAndWell(String words) {
    var all = new ArrayList<Object>(List.of("run", "--chip", "any"));
    for (String word : words.split(" ")) {
      if (!word.isEmpty()) {
        all.add(word);
      }
    }
    chips.client(all.toArray()).isRefused(USAGE);
  }

  @Test
  void whatARunWaitsForIsCheckedFirst() {
    String token = chips.loaded();
    chips
        .client("run", "--until-events", "nose", "--chip", token)
        .isRefused(USAGE, "population: nose (expected: one with a program: mouth)");
    chips
        .client("run", "--until-events", "mouth.tooth", "--chip", token)
        .isRefused(USAGE, "stream of mouth: tooth (expected: one of spike, level)");
    chips.client("run", "--until-register", "pain=1", "--chip", token).isRefused(USAGE, "pain");
    chips.client("run", 5, "--chip", token).succeeds();
    chips.client("run", "--until-step", 3, "--chip", token).isRefused(FAILED, "step: 3 (expected");
  }

  @Test
  void aTerminalShowsHowFarARunIs() {
    String token = chips.loaded();
    System.setProperty("engram.columns", "80");
    try {
      var run = chips.client("run", 6, "--paced", 400_000, "--chip", token).succeeds();
      assertThat(run.err()).contains("\rstep ").endsWith("\r");
      assertThat(run.out()).contains("step 6 comes next");
    } finally {
      System.clearProperty("engram.columns");
    }
  }
}
