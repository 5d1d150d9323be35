package engram.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// How the launcher runs Engram.
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
final class RunningTest {
  @TempDir Path world;
  private Checkout checkout;
  private Path jdk;

  @BeforeEach
  void makeCheckout() throws IOException {
    world = world.toRealPath();
    checkout = built(world.resolve("engram"));
  }

  private Checkout built(Path root) throws IOException {
    var packaged = new Checkout(world, root);
    packaged.write("dist/stamp", "0123456789abcdef0123");
    packaged.write("dist/0123456789abcdef/cli.jar", "jar");
    jdk = packaged.jdk(world.resolve("opt/jdk-25"), "25");
    return packaged;
  }

  private Outcome launch(Object... arguments) throws Exception {
    return Cli.outcome(checkout.launcher(arguments));
  }

  private void hasHome(Outcome outcome, Path home) {
    assertThat(outcome.succeeds().out())
        .contains("<-Dengram.home=" + home + ">", "<" + home + "/dist/0123456789abcdef/*>");
  }

  @Test
  void passesArgumentsAsTheyAre() throws Exception {
    assertThat(launch("train", "a b", "*", "", "$HOME", "--x='y'").succeeds().out())
        .endsWith("<engram.cli.Main>\n<train>\n<a b>\n<*>\n<>\n<$HOME>\n<--x='y'>\n");
  }

  @Test
  void passesOptionsOfTheVirtualMachine() throws Exception {
    checkout.set("ENGRAM_JAVA_OPTS", "-Xmx4g -Dx=y");
    assertThat(launch("chips").succeeds().out()).contains("<-Xmx4g>\n<-Dx=y>\n");
  }

  @Test
  void asksForVectorsWhereAChipRuns() throws Exception {
    for (String command : new String[] {"demo", "train", "infer", "run"}) {
      assertThat(launch(command).out()).contains("<--add-modules=jdk.incubator.vector>");
    }
    for (String command : new String[] {"chips", "asm", "--help", "data"}) {
      assertThat(launch(command).out()).doesNotContain("--add-modules");
    }
    assertThat(launch().out()).doesNotContain("--add-modules");
  }

  @Test
  void passesExitCodes() throws Exception {
    for (int code : new int[] {0, 1, 2, 3, 130}) {
      Checkout.script(jdk.resolve("bin/java"), "exit " + code + "\n");
      assertThat(launch("chips").code()).isEqualTo(code);
    }
  }

  @Test
  void becomesJavaSoThatSignalsReachIt() throws Exception {
    Checkout.script(
        jdk.resolve("bin/java"),
        """
        trap 'echo got TERM; exit 42' TERM
        echo "$$"
        # The shell answers a signal between commands.
        while :; do sleep 0.05; done
        """);
    var process = checkout.launcher("train").start();
    try (var out = process.inputReader()) {
      assertThat(Long.parseLong(out.readLine())).isEqualTo(process.pid());
      assertThat(new ProcessBuilder("kill", "-TERM", "" + process.pid()).start().waitFor())
          .isZero();
      assertThat(out.readLine()).isEqualTo("got TERM");
    }
    assertThat(process.waitFor()).isEqualTo(42);
  }

  @Test
  void worksFromAnyFolder() throws Exception {
    Path elsewhere = Files.createDirectories(world.resolve("else where"));
    hasHome(Cli.outcome(checkout.launcher("chips").directory(elsewhere.toFile())), checkout.root);
    var relative = checkout.call("../engram/engram", "chips").directory(elsewhere.toFile());
    hasHome(Cli.outcome(relative), checkout.root);
    var asScript = checkout.call("/bin/sh", "engram", "chips").directory(checkout.root.toFile());
    hasHome(Cli.outcome(asScript), checkout.root);
  }

  @Test
  void worksThroughLinks() throws Exception {
    Path links = Files.createDirectories(world.resolve("links"));
    Path absolute =
        Files.createSymbolicLink(links.resolve("absolute"), checkout.root.resolve("engram"));
    Path relative =
        Files.createSymbolicLink(links.resolve("relative"), Path.of("../engram/engram"));
    Path chained = Files.createSymbolicLink(links.resolve("chained"), Path.of("relative"));
    Path folder = Files.createSymbolicLink(links.resolve("folder"), checkout.root);
    for (Path link : new Path[] {absolute, relative, chained, folder.resolve("engram")}) {
      hasHome(Cli.outcome(checkout.call(link, "chips")), checkout.root);
    }
    hasHome(
        Cli.outcome(checkout.call("./chained", "chips").directory(links.toFile())), checkout.root);
  }

  @Test
  void worksFromPath() throws Exception {
    Files.createSymbolicLink(checkout.bin.resolve("engram"), checkout.root.resolve("engram"));
    hasHome(Cli.outcome(checkout.call("/bin/sh", "-c", "engram chips")), checkout.root);
  }

  @Test
  void worksWithBlanksAndMoreInThePath() throws Exception {
    for (String name : new String[] {"a path with blanks", "it's (50 %) $HOME", "-dash"}) {
      checkout = built(world.resolve(name));
      hasHome(launch("chips"), checkout.root);
    }
  }

  @Test
  void buildsWithBlanksInThePath() throws Exception {
    checkout = new Checkout(world, world.resolve("a path with blanks")).withSources();
    assertThat(launch("chips").succeeds().out()).contains("<engram.cli.Main>");
    assertThat(checkout.builds()).hasSize(1);
    launch("chips").succeeds();
    assertThat(checkout.builds()).hasSize(1);
  }

  @Test
  void needsNoHome() throws Exception {
    var call = checkout.launcher("chips");
    call.environment().remove("HOME");
    hasHome(Cli.outcome(call), checkout.root);
  }

  @Test
  void tellsTheWidthOfATerminalOnly() throws Exception {
    assertThat(launch("chips").succeeds().out()).doesNotContain("engram.columns");
    Path python = Path.of("/usr/bin/env");
    var call =
        checkout.call(
            python,
            "python3",
            "-c",
            """
            import fcntl, os, pty, struct, sys, termios
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 97, 0, 0))
                os.execv(sys.argv[1], sys.argv[1:])
            text = b""
            try:
                while chunk := os.read(terminal, 4096):
                    text += chunk
            except OSError:
                pass
            print(text.decode())
            """,
            checkout.root.resolve("engram"),
            "chips");
    call.environment().put("PATH", checkout.bin + ":" + System.getenv("PATH"));
    assertThat(Cli.outcome(call).succeeds().out()).contains("<-Dengram.columns=97>");
  }

  @Test
  void setsALocaleWhereThereIsNone() throws Exception {
    Checkout.script(jdk.resolve("bin/java"), "echo \"${LC_CTYPE:-none}\"\n");
    assertThat(launch("chips").out()).isEqualTo("C.UTF-8\n");
    checkout.set("LANG", "de_DE.UTF-8");
    assertThat(launch("chips").out()).isEqualTo("none\n");
  }
}
