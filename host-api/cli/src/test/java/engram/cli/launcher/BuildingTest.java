package engram.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When the launcher builds.
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
final class BuildingTest {
  @TempDir Path world;
  private Checkout checkout;
  private Path jdk;

  @BeforeEach
  void makeCheckout() throws IOException {
    world = world.toRealPath();
    checkout = new Checkout(world, world.resolve("engram")).withSources();
    jdk = checkout.jdk(world.resolve("opt/jdk-25"), "25");
  }

  private Outcome launch() throws Exception {
    return Cli.outcome(checkout.launcher("chips"));
  }

  private void builds(int times) throws Exception {
    launch().succeeds();
    assertThat(checkout.builds()).hasSize(times);
  }

  private Path stamp() {
    return checkout.root.resolve("dist/stamp");
  }

  @Test
  void buildsOnceWithTheJdkThatItFoundAndWithoutTests() throws Exception {
    var first = launch().succeeds();
    assertThat(first.err()).isEqualTo("engram: building, the first time takes a minute or two\n");
    assertThat(launch().succeeds().err()).isEmpty();
    assertThat(checkout.builds())
        .containsExactly(
            "-f %s/pom.xml -B -q -Dquick -Dmaven.test.skip=true -pl host-api/cli -am package with %s"
                .formatted(checkout.root, jdk));
    assertThat(checkout.root.resolve("build.log")).doesNotExist();
  }

  @Test
  void runsTheJarsOfTheBuild() throws Exception {
    String hash = launch().succeeds().out();
    String folder = Files.readString(stamp()).substring(0, 16);
    assertThat(hash)
        .contains("<-cp>\n<%s/dist/%s/*>\n<engram.cli.Main>".formatted(checkout.root, folder));
    assertThat(checkout.root.resolve("dist").resolve(folder).toFile().list())
        .containsExactlyInAnyOrder("library.jar", "cli-0.1.0.jar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "isa/pom.xml",
        "host-api/pom.xml",
        "isa/src/main/java/A.java",
        "host-api/cli/src/main/java/A.java",
        "host-api/cli/src/main/java/New.java",
        "emulator/src/main/resources/preset.yaml",
        "firmware-models/src/main/resources/engram/lif.s",
        "firmware-models/src/main/resources/engram/a name with blanks.s",
      })
  void buildsAnewWhenAnInputChanges(String input) throws Exception {
    builds(1);
    checkout.write(input, "changed");
    builds(2);
    builds(2);
  }

  @Test
  void buildsAnewWhenAnInputIsRemovedOrMoved() throws Exception {
    builds(1);
    Path source = checkout.root.resolve("isa/src/main/java/A.java");
    Files.move(source, source.resolveSibling("B.java"));
    builds(2);
    Files.delete(source.resolveSibling("B.java"));
    builds(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "isa/src/test/java/ATest.java",
        "isa/src/test/resources/x.s",
        "docs/isa.md",
        "README.md",
        "firmware-models/data/mnist/images",
        "emulator/benchmarks/pom.xml",
        "emulator/benchmarks/src/main/java/A.java",
        "isa/target/src/main/java/Generated.java",
        "notes.txt",
      })
  void buildsNothingWhenSomethingElseChanges(String file) throws Exception {
    builds(1);
    checkout.write(file, "changed");
    builds(1);
  }

  @Test
  void timesOfFilesDoNotMatter() throws Exception {
    builds(1);
    Files.setLastModifiedTime(
        checkout.root.resolve("isa/src/main/java/A.java"), FileTime.fromMillis(0));
    builds(1);
  }

  @Test
  void buildsAnewWhenTheJarsHaveGone() throws Exception {
    builds(1);
    Path folder = checkout.root.resolve("dist").resolve(Files.readString(stamp()).substring(0, 16));
    Files.move(folder, world.resolve("gone"));
    builds(2);
  }

  @Test
  void whatAnEarlierBuildLeftStaysOut() throws Exception {
    checkout.write("host-api/cli/target/lib/library-of-old.jar", "jar");
    checkout.write("host-api/cli/target/cli-0.0.9.jar", "jar");
    checkout.write("isa/target/classes/Removed.class", "class");
    builds(1);
    Path folder = checkout.root.resolve("dist").resolve(Files.readString(stamp()).substring(0, 16));
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("library.jar", "cli-0.1.0.jar");
    assertThat(checkout.root.resolve("isa/target/classes")).doesNotExist();
  }

  @Test
  void keepsTheBuildThatMayStillRunAndNoOlderOne() throws Exception {
    builds(1);
    String first = Files.readString(stamp()).substring(0, 16);
    checkout.write("pom.xml", "second");
    builds(2);
    String second = Files.readString(stamp()).substring(0, 16);
    assertThat(checkout.root.resolve("dist").toFile().list())
        .containsExactlyInAnyOrder("stamp", first, second);
    checkout.write("pom.xml", "third");
    builds(3);
    String third = Files.readString(stamp()).substring(0, 16);
    assertThat(checkout.root.resolve("dist").toFile().list())
        .containsExactlyInAnyOrder("stamp", second, third);
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLogAndLeavesNoStamp() throws Exception {
    checkout.maven(
        """
        i=0
        while [ $i -lt 100 ]; do i=$((i + 1)); echo "line $i"; done
        echo "WARNING: of no interest"
        echo "[ERROR] A.java:[1,1] cannot find symbol" >&2
        exit 9
        """);
    var outcome = launch();
    assertThat(outcome.code()).isOne();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("line 100\n", "[ERROR] A.java:[1,1] cannot find symbol\n")
        .doesNotContain("line 50\n", "of no interest")
        .endsWith(
            "engram: the build failed; all it said is in %s/build.log\n".formatted(checkout.root));
    assertThat(checkout.root.resolve("build.log")).content().contains("line 1\n");
    assertThat(stamp()).doesNotExist();
    checkout.withSources();
    builds(1);
    assertThat(checkout.root.resolve("build.log")).doesNotExist();
  }

  @Test
  void aFailedBuildIsTriedAgainThoughAnOlderOneIsThere() throws Exception {
    builds(1);
    String old = Files.readString(stamp());
    checkout.write("pom.xml", "broken");
    checkout.maven("exit 1\n");
    assertThat(launch().code()).isOne();
    assertThat(stamp()).hasContent(old);
    assertThat(launch().err()).contains("the build failed");
    checkout.write("pom.xml", "<project/>");
    assertThat(launch().succeeds().err()).isEmpty();
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    Files.delete(checkout.bin.resolve("mvn"));
    launch().isRefused(1, "there is no mvn in PATH (Debian: apt-get install maven)");
    Cli.outcome(checkout.launcher("test")).isRefused(1, "there is no mvn in PATH");
    assertThat(stamp()).doesNotExist();
  }

  @Test
  void aPackagedCopyNeverBuilds() throws Exception {
    Files.delete(checkout.root.resolve("pom.xml"));
    launch().isRefused(1, checkout.root + "/dist has no build: this copy is not complete");
    checkout.write("dist/stamp", "0123456789abcdef0123");
    launch().isRefused(1, "this copy is not complete");
    checkout.write("dist/0123456789abcdef/cli.jar", "jar");
    checkout.write("isa/src/main/java/A.java", "changed");
    builds(0);
  }

  @Test
  void worksWithTheToolsOfMacOs() throws Exception {
    Files.delete(checkout.bin.resolve("sha256sum"));
    Files.deleteIfExists(checkout.bin.resolve("flock"));
    Checkout.script(
        checkout.bin.resolve("shasum"),
        "[ \"$1 $2\" = '-a 256' ] || exit 1\nshift 2\nexec /usr/bin/sha256sum \"$@\"\n");
    builds(1);
    builds(1);
    checkout.write("pom.xml", "changed");
    builds(2);
    assertThat(checkout.root.resolve(".build.lock.d")).doesNotExist();
  }

  @Test
  void takesOverTheLockOfOneThatWasKilled() throws Exception {
    Files.deleteIfExists(checkout.bin.resolve("flock"));
    var dead = new ProcessBuilder("true").start();
    dead.waitFor();
    checkout.write(".build.lock.d/holder", dead.pid() + "\n");
    // Waiting takes no time here.
    Files.delete(checkout.bin.resolve("sleep"));
    Checkout.script(checkout.bin.resolve("sleep"), "");
    builds(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoThatComeAtOnceOneBuildsAndTheOtherWaits(boolean flock) throws Exception {
    // Pipes, so that each waits for the other and nobody for the clock.
    Path started = pipe("started");
    Path go = pipe("go");
    Path waiting = world.resolve("waiting");
    checkout.maven(
        Files.readString(checkout.bin.resolve("mvn")).replaceFirst("#!/bin/sh\n", "")
            + "echo >'%s'\ncat '%s'\n".formatted(started, go));
    String tool = flock ? "flock" : "sleep";
    if (!flock) {
      Files.deleteIfExists(checkout.bin.resolve("flock"));
    }
    Files.delete(checkout.bin.resolve(tool));
    Checkout.script(
        checkout.bin.resolve(tool),
        "[ ! -p '%1$s' ] || { echo >'%1$s'; rm -f '%1$s'; }\nexec /usr/bin/%2$s \"$@\"\n"
            .formatted(waiting, tool));
    var first = start("first");
    Files.readString(started);
    pipe("waiting");
    var second = start("second");
    Files.readString(waiting);
    Files.writeString(go, "on");
    assertThat(List.of(first.waitFor(), second.waitFor())).containsExactly(0, 0);
    assertThat(checkout.builds()).hasSize(1);
    assertThat(world.resolve("first.out")).content().startsWith("java of jdk-25");
    assertThat(world.resolve("second.out")).content().startsWith("java of jdk-25");
  }

  private Path pipe(String name) throws Exception {
    Path pipe = world.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private Process start(String name) throws IOException {
    return checkout
        .launcher("chips")
        .redirectOutput(world.resolve(name + ".out").toFile())
        .redirectError(world.resolve(name + ".err").toFile())
        .start();
  }
}
