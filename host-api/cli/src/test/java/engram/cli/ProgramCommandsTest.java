package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.preset.Presets;
import engram.isa.manual.IsaManual;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// `asm`, `disasm`, `verify`, `isa`, `chips`, `--version`, `--help`.
final class ProgramCommandsTest {
  private static final String BLINK =
      """
      .program neuron blink
      .const  PERIOD = 5
      .field  count : u8
      .stream spike

              ld    r0, count
              add   r0, r0, 1
              cmpge p1, r0, PERIOD
        (p1)  emit  spike
        (p1)  mov   r0, 0
              st    count, r0
      """;

  @TempDir Path folder;
  private Cli cli;
  private Path source;

  @BeforeEach
  void writeSource() throws IOException {
    cli = new Cli(folder);
    source = Files.writeString(folder.resolve("blink.s"), BLINK);
  }

  @Test
  void asmPrintsWordsBesideTheirSource() {
    var outcome = cli.run("asm", source).succeeds();
    assertThat(outcome.out().lines()).hasSize(6);
    assertThat(outcome.out())
        .containsPattern("   0  [0-9a-f]{16}  ld    r0, count\n")
        .containsPattern("   5  [0-9a-f]{16}  st    count, r0\n");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void constantsComeFromTheCommandLine() {
    String five = cli.run("asm", source).succeeds().out();
    String six = cli.run("asm", source, "--define", "PERIOD=6").succeeds().out();
    assertThat(five).isNotEqualTo(six);
    cli.run("asm", source, "-D", "PEROID=6")
        .isRefused(1, "blink.s:", "constant PEROID is not declared here");
  }

  @Test
  void whatDisasmPrintsAssemblesToTheSameWords() throws IOException {
    Path program = folder.resolve("blink.program");
    assertThat(cli.run("asm", source, "-o", program).succeeds().out()).isEmpty();
    Path again =
        Files.writeString(folder.resolve("again.s"), cli.run("disasm", program).succeeds().out());
    assertThat(words(cli.run("asm", again).succeeds().out()))
        .isEqualTo(words(cli.run("asm", source).out()));
  }

  private static List<String> words(String listing) {
    return listing.lines().map(l -> l.substring(6, 22)).toList();
  }

  @Test
  void disasmPrintsAllProgramsOfASnapshot() throws IOException {
    Path mini = new MiniSet(4, 3, 6, 3).write(folder.resolve("mini"));
    Path snapshot = folder.resolve("snapshot");
    cli.run("train", mini, "--hidden", 2, "--epochs", 0, "--quiet", "--save", snapshot).succeeds();
    assertThat(cli.run("disasm", snapshot).succeeds().out())
        .contains("bernoulli", "hidden", "output", "coincidence", "coincidence_mirror");
  }

  @Test
  void disasmRefusesWhatIsNoProgram() throws IOException {
    cli.run("disasm", source).isRefused(1, "blink.s: no program of asm -o and no snapshot");
    Path program = folder.resolve("blink.program");
    cli.run("asm", source, "-o", program).succeeds();
    byte[] bytes = Files.readAllBytes(program);
    bytes[bytes.length / 2] ^= 1;
    Files.write(program, bytes);
    cli.run("disasm", program).isRefused(1, "blink.program: ", "assemble it anew");
  }

  @Test
  void verifyTellsTheCost() {
    assertThat(cli.run("verify", source).succeeds().out())
        .contains("blink: 6 instructions, ", " words of program memory, 1 sections, ", " cycles");
  }

  @Test
  void verifyTellsEveryReasonWithItsLine() throws IOException {
    Path bad =
        Files.writeString(
            folder.resolve("bad.s"), BLINK.replace("ld    r0, count", "add   r0, r3, r4"));
    cli.run("verify", bad)
        .isRefused(1, "bad.s:6:9: ", "r3", "r4", "\n        add   r0, r3, r4\n        ^");
  }

  @Test
  void isaPrintsTheManual() {
    assertThat(cli.run("isa").succeeds().out()).isEqualTo(IsaManual.markdown());
  }

  @Test
  void chipsTellsWhatEachCannotDo() {
    String out = cli.run("chips").succeeds().out();
    for (String name : Presets.NAMES) {
      assertThat(out).contains(name + ": ").contains("can't:");
      assertThat(cli.run("chips", name).succeeds().out())
          .startsWith(name + ": ")
          .contains("cores and abilities:", "synapse-words", "timing, in cycles:", "energy: ");
    }
  }

  @Test
  void versionNamesVersionAndJava() {
    assertThat(cli.run("--version").succeeds().out())
        .matches("engram [0-9]+\\.[0-9]+\\.[0-9]+\\S* \\(Java [0-9]+\\)\n");
  }

  static Stream<List<String>> commands() {
    return Stream.concat(Stream.of(List.of()), below(Main.commandLine(), List.of()));
  }

  private static Stream<List<String>> below(CommandLine command, List<String> path) {
    return command.getSubcommands().entrySet().stream()
        .flatMap(sub -> {
          var below = new ArrayList<>(path);
          below.add(sub.getKey());
          return Stream.concat(Stream.of(below), below(sub.getValue(), below));
        });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelps(List<String> command) {
    var arguments = new ArrayList<Object>(command);
    arguments.add("--help");
    var outcome = cli.run(arguments.toArray()).succeeds();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("Usage: " + String.join(" ", concat("engram", command)));
    assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void helpNamesEveryCommandAndTheExitCodes() {
    assertThat(cli.run("--help").out())
        .contains("demo ", "train ", "infer ", "run ", "data ", "asm ", "disasm ", "verify ")
        .contains("isa ", "chips ", "engram test [--long]")
        .contains("0 done, 1 failed, 2 usage, 3 refused by the chip, 130 interrupted");
  }

  private static List<String> concat(String first, List<String> rest) {
    var all = new ArrayList<>(rest);
    all.addFirst(first);
    return all;
  }
}
