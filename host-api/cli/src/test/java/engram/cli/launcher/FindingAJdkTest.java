package engram.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which JDK the launcher takes.
final class FindingAJdkTest {
  @TempDir Path world;
  private Checkout checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    world = world.toRealPath();
    checkout = new Checkout(world, world.resolve("engram")).withSources();
  }

  private Outcome launch() throws Exception {
    return Cli.outcome(checkout.launcher("chips"));
  }

  private void takes(String jdk) throws Exception {
    assertThat(launch().succeeds().out()).startsWith("java of " + jdk + "\n");
  }

  @Test
  void takesTheOneOfEngramsOwnVariable() throws Exception {
    checkout.set("JAVA_HOME", checkout.jdk(world.resolve("other"), "25"));
    checkout.set("ENGRAM_JAVA_HOME", checkout.jdk(world.resolve("mine"), "25.0.1"));
    takes("mine");
  }

  @Test
  void takesTheOneOfJavaHome() throws Exception {
    checkout.set("JAVA_HOME", checkout.jdk(world.resolve("its jdk"), "26-ea"));
    takes("its jdk");
  }

  @Test
  void takesTheOneInPathThroughAllLinks() throws Exception {
    Path jdk = checkout.jdk(world.resolve("somewhere/jdk-25"), "25");
    Path alternatives = Files.createDirectories(world.resolve("alternatives"));
    Files.createSymbolicLink(alternatives.resolve("java"), jdk.resolve("bin/java"));
    Files.createSymbolicLink(checkout.bin.resolve("java"), Path.of("../alternatives/java"));
    takes("jdk-25");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/lib/jvm/temurin-25",
        "usr/local/lib/jvm/a",
        "usr/java/jdk-25",
        "opt/java/openjdk",
        "opt/jdk-25",
        "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
        "home/.sdkman/candidates/java/25-tem",
        "home/.jdks/temurin 25",
      })
  void takesOneInTheUsualFolders(String place) throws Exception {
    Path jdk = checkout.jdk(world.resolve(place), "25.0.3");
    takes(jdk.getFileName().toString());
  }

  @Test
  void passesOverUnsuitableOnes() throws Exception {
    checkout.set("JAVA_HOME", checkout.jdk(world.resolve("old"), "17.0.9"));
    Path inPath = checkout.jdk(world.resolve("poor"), "25", "java.base jdk.compiler");
    Files.createSymbolicLink(checkout.bin.resolve("java"), inPath.resolve("bin/java"));
    checkout.jdk(world.resolve("usr/lib/jvm/a-24"), "24.0.2");
    checkout.jdk(world.resolve("usr/lib/jvm/b-25"), "25");
    takes("b-25");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17.0.12  | java.base jdk.incubator.vector | Java 17",
        "24       | java.base jdk.incubator.vector | Java 24",
        "1.8.0_42 | java.base                      | Java 8, without jdk.incubator.vector",
        "25       | java.base                      | Java 25, without jdk.incubator.vector",
      })
  void refusesOneThatWillNotDo(String version, String modules, String what) throws Exception {
    Path jdk = checkout.jdk(world.resolve("usr/lib/jvm/it"), version, modules);
    launch()
        .isRefused(
            1,
            "engram: no JDK 25 or newer with jdk.incubator.vector. Found:\n  "
                + jdk
                + ": "
                + what
                + "\nInstall one (Debian: a package such as temurin-25-jdk or openjdk-25-jdk) or"
                + " set ENGRAM_JAVA_HOME to it.\n");
    checkout.set("ENGRAM_JAVA_HOME", jdk);
    launch()
        .isRefused(
            1,
            "engram: ENGRAM_JAVA_HOME is no JDK 25 or newer with jdk.incubator.vector:\n  "
                + jdk
                + ": "
                + what
                + "\n");
    assertThat(checkout.builds()).isEmpty();
  }

  @Test
  void listsAllThatItFoundEachOnce() throws Exception {
    Path old = checkout.jdk(world.resolve("usr/lib/jvm/java-17-openjdk"), "17");
    Files.createSymbolicLink(world.resolve("usr/lib/jvm/java-17"), Path.of("java-17-openjdk"));
    checkout.set("JAVA_HOME", old);
    Path runtime = checkout.jdk(world.resolve("opt/jdk-25"), "25");
    Files.delete(runtime.resolve("bin/javac"));
    Files.createDirectories(world.resolve("usr/lib/jvm/openjdk-17"));
    launch()
        .isRefused(
            1,
            "Found:\n  %s: Java 17\n  %s: Java 25, without javac\nInstall".formatted(old, runtime));
  }

  @Test
  void saysThatItFoundNone() throws Exception {
    launch().isRefused(1, "Found: none\nInstall one");
    checkout.set("ENGRAM_JAVA_HOME", world.resolve("absent"));
    launch().isRefused(1, world.resolve("absent") + ": no bin/java there");
  }

  @Test
  void asksAJavaThatHasNoReleaseFile() throws Exception {
    Path jdk = checkout.jdk(world.resolve("usr/lib/jvm/bare"), "25");
    Files.delete(jdk.resolve("release"));
    Checkout.script(
        jdk.resolve("bin/java"),
        """
        case "$1" in
          -XshowSettings:properties) echo '    java.specification.version = 25' >&2 ;;
          --list-modules) printf 'java.base@25\\njdk.incubator.vector@25\\n' ;;
          *) echo "java of bare" ;;
        esac
        """);
    takes("bare");
    Checkout.script(
        jdk.resolve("bin/java"),
        """
        [ "$1" = --list-modules ] || echo '    java.specification.version = 25' >&2
        """);
    launch().isRefused(1, jdk + ": Java 25, without jdk.incubator.vector");
  }

  @Test
  void aPackagedCopyNeedsNoCompiler() throws Exception {
    Files.delete(checkout.root.resolve("pom.xml"));
    checkout.write("dist/stamp", "0123456789abcdef0123");
    checkout.write("dist/0123456789abcdef/cli.jar", "jar");
    Path runtime = checkout.jdk(world.resolve("opt/jdk-25"), "25");
    Files.delete(runtime.resolve("bin/javac"));
    takes("jdk-25");
  }
}
