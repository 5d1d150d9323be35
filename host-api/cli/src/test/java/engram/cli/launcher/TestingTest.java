package engram.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `engram test`, and `.ci/run`.
final class TestingTest {
  @TempDir Path world;
  private Checkout checkout;
  private Path jdk;

  @BeforeEach
  void makeCheckout() throws IOException {
    world = world.toRealPath();
    checkout = new Checkout(world, world.resolve("a checkout")).withSources();
    jdk = checkout.jdk(world.resolve("opt/jdk-25"), "25");
    report("old", "isa", "engram.isa.OldTest", "99.9", 1);
    maven(0);
  }

  /// Lets Maven bring the reports that lie in the folder `new`.
  private void maven(int code) throws IOException {
    report("new", "isa", "engram.isa.FixedTest", "1.234", 12);
    report("new", "host-api/cli", "engram.cli.MainTest", "1,002.5", 7);
    for (int i = 1; i <= 7; i++) {
      report("new", "emulator", "engram.chip.Chip" + i + "Test", i + ".0", i);
    }
    checkout.maven(
        """
        echo "$* with $JAVA_HOME" >>'%1$s/maven.log'
        cp -R '%1$s/new/.' '%2$s/'
        echo "Maven was here"
        exit %3$d
        """
            .formatted(world, checkout.root, code));
  }

  private void report(String where, String module, String name, String time, int tests)
      throws IOException {
    Path root = where.equals("old") ? checkout.root : world.resolve(where);
    Path folder = Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
    Files.writeString(
        folder.resolve("TEST-" + name + ".xml"),
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="%s" time="%s" tests="%d" errors="0" skipped="0" failures="0">
          <testcase name="a" classname="%s" time="0.5"/>
        </testsuite>
        """
            .formatted(name, time, tests, name));
  }

  private Outcome test(Object... arguments) throws Exception {
    var words = new ArrayList<Object>(List.of("test"));
    words.addAll(List.of(arguments));
    return Cli.outcome(checkout.launcher(words.toArray()));
  }

  @Test
  void runsAllChecksWithTheJdkThatItFound() throws Exception {
    test().succeeds();
    test("--long").succeeds();
    assertThat(checkout.builds())
        .containsExactly(
            "-f %s/pom.xml -B verify with %s".formatted(checkout.root, jdk),
            "-f %s/pom.xml -B -Dlong verify with %s".formatted(checkout.root, jdk));
  }

  @Test
  void endsWithATableOfWallTimesSlowestFirst() throws Exception {
    String table = test().succeeds().out().replaceAll(" +", " ");
    assertThat(table)
        .startsWith("Maven was here\n\nwall time of the tests tests time\n")
        .containsSubsequence(
            "host-api/cli 7 1002.5 s\n",
            " engram.cli.MainTest 7 1002.5 s\n",
            "emulator 28 28.0 s\n",
            " engram.chip.Chip7Test 7 7.0 s\n",
            " engram.chip.Chip6Test 6 6.0 s\n",
            " engram.chip.Chip3Test 3 3.0 s\n",
            " and 2 faster classes\n",
            "isa 12 1.2 s\n",
            " engram.isa.FixedTest 12 1.2 s\n",
            "all tests 47 1031.7 s\n",
            "compiling, checks, packaging, the rest ",
            "total ")
        .doesNotContain("OldTest", "Chip2Test");
  }

  @Test
  void hasTheExitCodeOfMavenAndTheTableAllTheSame() throws Exception {
    maven(5);
    var outcome = test();
    assertThat(outcome.code()).isEqualTo(5);
    assertThat(outcome.out()).contains("all tests ");
  }

  @Test
  void aRunWithoutAnyTestHasATableToo() throws Exception {
    checkout.maven("exit 1\n");
    var outcome = test();
    assertThat(outcome.code()).isOne();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().replaceAll(" +", " ")).contains("all tests 0 0.0 s\n");
  }

  @Test
  void knowsNoOtherWords() throws Exception {
    test("--short").isRefused(2, "engram: test: --short (expected: nothing, or --long)");
    test("--long", "x").isRefused(2, "test: --long x (expected: nothing, or --long)");
    assertThat(checkout.builds()).isEmpty();
  }

  @Test
  void needsSources() throws Exception {
    Files.delete(checkout.root.resolve("pom.xml"));
    test().isRefused(1, "test needs a checkout, and this copy has no sources");
  }

  @Test
  void continuousIntegrationRunsThisAndNothingElse() throws Exception {
    Path run = world.resolve("a checkout/.ci/run");
    Files.createDirectories(run.getParent());
    Files.copy(Checkout.repository().resolve(".ci/run"), run);
    Checkout.script(
        checkout.root.resolve("engram"), "pwd\nfor a in \"$@\"; do echo \"<$a>\"; done\nexit 4\n");
    checkout.set("JAVA_HOME", jdk);
    for (String tool : List.of("python3", "node", "npm")) {
      Checkout.script(checkout.bin.resolve(tool), "");
    }
    Checkout.script(checkout.bin.resolve("apt-get"), "echo apt-get \"$@\"\n");
    Checkout.script(checkout.bin.resolve("apt-cache"), "exit 1\n");
    assertThat(run).isExecutable();
    var outcome = Cli.outcome(checkout.call(run));
    assertThat(outcome).isEqualTo(new Outcome(4, checkout.root + "\n<test>\n", ""));
    for (String tool : List.of("python3", "node", "npm", "mvn")) {
      Files.delete(checkout.bin.resolve(tool));
    }
    assertThat(Cli.outcome(checkout.call(run)).out())
        .isEqualTo(
            """
            apt-get update
            apt-get install -y --no-install-recommends maven python3 python3-venv nodejs npm
            %s
            <test>
            """
                .formatted(checkout.root));
  }
}
