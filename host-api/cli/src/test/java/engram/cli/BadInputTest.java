package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever is wrong, a command ends with one clear message, the right exit code, and nothing half
/// written.
final class BadInputTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;

  private static final MiniSet SET = new MiniSet(4, 3, 12, 6);

  @TempDir Path folder;
  private Cli cli;
  private Path mini;

  /// All that was there before the command ran.
  private Map<String, Long> before;

  @BeforeEach
  void writeData() throws IOException {
    cli = new Cli(folder);
    mini = SET.write(folder.resolve("mini"));
  }

  private Cli.Outcome run(Object... arguments) {
    before = Cli.tree(folder);
    return cli.run(arguments);
  }

  private Cli.Outcome train(Object... options) {
    var arguments = new ArrayList<Object>(List.of("train", mini, "--hidden", 3, "--epochs", 1));
    arguments.addAll(List.of(options));
    return run(arguments.toArray());
  }

  @AfterEach
  void nothingIsHalfWritten() {
    assertThat(Cli.tree(folder)).isEqualTo(before);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  // The command line.

  @Test
  void anUnknownOption() {
    run("train", mini, "--hiden", 3)
        .isRefused(USAGE, "Unknown options: '--hiden'", "engram train --help");
  }

  @Test
  void anUnknownCommand() {
    run("trian").isRefused(USAGE, "'trian'", "engram --help tells more");
    run().isRefused(USAGE, "a command is missing");
    run("data").isRefused(USAGE, "list or fetch is missing", "engram data --help");
  }

  @Test
  void anUnknownDataSet() {
    run("train", "mnits")
        .isRefused(USAGE, "data set: mnits (expected: one of mnist, fashion-mnist, emnist-")
        .isRefused(USAGE, "or a folder with IDX files); engram data list tells more");
    run("data", "fetch", "mnits", "--from", mini.resolve("absent")).isRefused(FAILED, "absent");
    run("data", "fetch", "mnits").isRefused(USAGE, "no source for mnits");
  }

  @Test
  void noDataSet() {
    run("train").isRefused(USAGE, "a data set is missing: engram train DATASET, or --resume FILE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--weight-bits   | 1           | weight bits: 1 (expected: 2 to 16)",
        "--weight-bits   | 17          | weight bits: 17 (expected: 2 to 16)",
        "--weight-bits   | many        | Invalid value for option '--weight-bits': 'many'",
        "--fraction-bits | 0           | fraction bits: 0 (expected: 1 to 16)",
        "--fraction-bits | 17          | fraction bits: 17 (expected: 1 to 16)",
        "--membrane      | average:7   | average: 7 (expected: 1 to 6)",
        "--membrane      | average:0   | average:0 (expected: memoryless, or average:N with N from 1 to 6)",
        "--membrane      | leaky       | membrane: leaky (expected: memoryless, or average:N",
        "--rate-decay    | 0           | rate decay: 0.0 (expected: more than 0, at most 1)",
        "--rate-decay    | 1.1         | rate decay: 1.1 (expected: more than 0, at most 1)",
        "--rate-decay    | NaN         | rate decay: NaN (expected: more than 0, at most 1)",
        "--init-scale    | 0           | init scale: 0.0 (expected: more than 0, at most 1024)",
        "--steps         | 0           | steps: 0 (expected: 1 to 65536)",
        "--quiet-steps   | 16          | quiet steps: 16 (expected: 0 to 15)",
        "--test-steps    | 0           | test steps: 0 (expected: 1 to 65536)",
        "--train-samples | 13          | --train-samples: 13 (expected: 1 to 12)",
        "--test-samples  | 7           | --test-samples: 7 (expected: 1 to 6)",
        "--threads       | 0           | threads: 0 (expected: at least 1)",
        "--seed          | one         | Invalid value for option '--seed': 'one'",
        "--chip          | loihi-9     | chip: loihi-9 (expected: one of engram-1, loihi-1, ",
        "--engine        | steam       | engine: steam (expected: reference or compiled)",
        "--noc           | magic       | Invalid value for option '--noc'",
        "--recipe        | best        | recipe: best (expected: one of mnist, mnist-best, fashion-mnist, emnist, default, or a YAML file)",
      })
  void anOptionOutOfRange(String option, String value, String message) {
    train(option, value).isRefused(USAGE, message);
  }

  @Test
  void hiddenLayersOutOfRange() {
    run("train", mini, "--hidden", 0)
        .isRefused(USAGE, "hidden neurons: 0 (expected: 1 to 1048576)");
    run("train", mini, "--hidden", "3,x").isRefused(USAGE, "--hidden", "'x'");
    run("train", mini, "--hidden", ",1".repeat(15).substring(1))
        .isRefused(USAGE, "hidden layers: 15 (expected: 1 to 14)");
  }

  @Test
  void aNetworkThatFitsNoChip() {
    run("train", mini, "--hidden", 100_000)
        .isRefused(
            REFUSED,
            "network ssnn-bp is refused by engram-1:",
            "neurons: 100023 (expected: at most 65536 on engram-1)");
    run("train", mini, "--hidden", 60_000)
        .isRefused(
            REFUSED,
            "network ssnn-bp is refused by engram-1:",
            "population output: ",
            "words of synapse memory (expected: at most 32768 on engram-1)");
  }

  @Test
  void nothingIsMadeForARunThatCannotBegin() {
    Object[] outputs = {
      "--report", folder.resolve("report"),
      "--save", folder.resolve("saved"),
      "--profile-recording", folder.resolve("recording.jfr")
    };
    for (var bad : List.of(List.of("--weight-bits", 99), List.of("--test-samples", 7))) {
      var options = new ArrayList<Object>(bad);
      options.addAll(List.of(outputs));
      train(options.toArray()).isRefused(USAGE, "(expected: ");
      nothingIsHalfWritten();
    }
    run("train", mini, "--hidden", 100_000, "--report", folder.resolve("report"))
        .isRefused(REFUSED, "engram-1");
  }

  @Test
  void whatARunThatIsTakenUpCannotChange() throws IOException {
    Path snapshot = snapshot();
    run("train", "--resume", snapshot, "--hidden", 4, "--steps", 3)
        .isRefused(USAGE, "--hidden, --steps can't be given with --resume: the snapshot has them");
    run("train", "other", "--resume", snapshot)
        .isRefused(USAGE, "DATASET, --seed and --train-samples can't be given with --resume");
  }

  // Recipes.

  @Test
  void aRecipeFileWithAnUnknownKey() throws IOException {
    Path recipe = file("recipe.yaml", "hiden: [3]\n");
    train("--recipe", recipe)
        .isRefused(FAILED, "recipe.yaml: recipe: unknown key: hiden (expected: hidden, steps, ");
  }

  @Test
  void aRecipeFileWithANumberOutOfRange() throws IOException {
    Path recipe =
        file(
            "recipe.yaml",
            """
            hidden: [128]
            steps: 16
            epochs: -1
            weight-bits: 12
            fraction-bits: 10
            membrane: memoryless
            rate-decay: 1.0
            init-scale: 1.0
            quiet-steps: 0
            test-steps: 64
            """);
    train("--recipe", recipe)
        .isRefused(FAILED, "recipe.yaml: recipe: epochs: -1 (expected: 0 to 100000)");
  }

  // Data sets.

  @Test
  void aTruncatedIdxFile() throws IOException {
    Path file = mini.resolve("train-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 5));
    train()
        .isRefused(
            FAILED,
            file + ": values: 187 (expected: 192, by its shape [12, 4, 4]): the file is truncated");
    Files.write(file, Arrays.copyOf(whole, 7));
    train().isRefused(FAILED, file + ": the file ends within its header");
  }

  @Test
  void aFileThatIsNoIdx() throws IOException {
    Path file = file("mini/t10k-labels-idx1-ubyte", "labels\n");
    train().isRefused(FAILED, file + ": first four bytes: 6c616265 (expected: 00000801 to");
  }

  @Test
  void aWrongHash() throws IOException {
    Path file = mini.resolve("train-labels-idx1-ubyte");
    byte[] bytes = Files.readAllBytes(file);
    String right = MiniSet.sha256(bytes);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    train()
        .isRefused(
            FAILED,
            file + ": SHA-256: " + MiniSet.sha256(bytes) + " (expected: " + right + ")",
            "damaged, or another file");
  }

  @Test
  void aFolderWithoutHashes() throws IOException {
    Files.delete(mini.resolve("SHA256SUMS"));
    train().isRefused(FAILED, mini + ": there is no SHA256SUMS", "sha256sum *-ubyte > SHA256SUMS");
  }

  @Test
  void aFolderWithoutImages() throws IOException {
    Files.delete(mini.resolve("t10k-images-idx3-ubyte"));
    train().isRefused(FAILED, mini + ": files like ", "t10k", ": 0 (expected: 1)");
  }

  // Files to write.

  @Test
  void aReportFolderThatIsAFile() throws IOException {
    Path file = file("report", "mine");
    train("--report", file).isRefused(FAILED, file.toString(), "exists and is no folder");
    train("--report", file.resolve("below")).isRefused(FAILED, file.toString());
  }

  @Test
  void aReportFolderThatCannotBeWritten() throws IOException {
    var proc = Path.of("/proc/self");
    assumeTrue(Files.isDirectory(proc), "needs a folder that even root can't write into");
    train("--report", proc).isRefused(FAILED, "--report /proc/self: can't write into /proc/self");
  }

  @Test
  void aSnapshotIntoAFolderThatIsNotThere() {
    Path file = folder.resolve("absent/x.snapshot");
    train("--save", file)
        .isRefused(
            FAILED,
            "--save " + file + ": there is no folder " + folder.resolve("absent"),
            "make it first");
  }

  @Test
  void aSnapshotIntoAFolderThatCannotBeWritten() throws IOException {
    train("--save", mini).isRefused(FAILED, "--save " + mini + ": a folder (expected: a file)");
    Path file = file("note", "mine");
    train("--save", file.resolve("x")).isRefused(FAILED, "--save " + file.resolve("x"));
    assumeTrue(Files.isDirectory(Path.of("/proc/self")));
    train("--save", "/proc/self/x").isRefused(FAILED, "can't write into /proc/self");
  }

  @Test
  void aRecordingThatCannotBeWritten() throws IOException {
    Path file = folder.resolve("absent/x.jfr");
    train("--profile-recording", file)
        .isRefused(FAILED, "--profile-recording " + file + ": there is no folder");
    train("--profile-recording", mini)
        .isRefused(FAILED, "--profile-recording " + mini + ": a folder (expected: a file)");
  }

  @Test
  void otherOutputsThatCannotBeWritten() throws IOException {
    Path source = file("p.s", ".program neuron p\n.stream s\n\n        emit  s\n");
    run("asm", source, "-o", folder.resolve("absent/p"))
        .isRefused(FAILED, "--output", "there is no folder");
    Path network = file("n.yaml", NETWORK);
    run("run", network, "--output", folder.resolve("absent/out"))
        .isRefused(FAILED, "--output", "there is no folder");
  }

  // Snapshots.

  private Path snapshot() throws IOException {
    Path snapshot = folder.resolve("x.snapshot");
    train("--quiet", "--save", snapshot).succeeds();
    return snapshot;
  }

  private void isRefusedEverywhere(Path snapshot, String... says) {
    run("train", "--resume", snapshot).isRefused(FAILED, says);
    run("infer", snapshot, "0").isRefused(FAILED, says);
  }

  @Test
  void aDamagedSnapshot() throws IOException {
    Path snapshot = snapshot();
    byte[] bytes = Files.readAllBytes(snapshot);
    for (int at : new int[] {14, 40, bytes.length / 2, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 4;
      Files.write(snapshot, damaged);
      isRefusedEverywhere(snapshot, "x.snapshot: snapshot: ", "damaged", "take another copy");
    }
  }

  @Test
  void aTruncatedSnapshot() throws IOException {
    Path snapshot = snapshot();
    byte[] bytes = Files.readAllBytes(snapshot);
    for (int length : new int[] {9, 30, bytes.length / 2, bytes.length - 1}) {
      Files.write(snapshot, Arrays.copyOf(bytes, length));
      isRefusedEverywhere(snapshot, "x.snapshot: snapshot: ", "damaged");
    }
  }

  @Test
  void aForeignSnapshot() throws IOException {
    Path foreign = file("foreign", "hello, this is no snapshot");
    isRefusedEverywhere(
        foreign, "foreign: snapshot: it does not start with ENGRAMSN: no snapshot of Engram");
    isRefusedEverywhere(folder.resolve("absent"), "absent: no such file");
    isRefusedEverywhere(file("empty", ""), "empty: snapshot: ");
  }

  @Test
  void aSnapshotOfANewerVersion() throws IOException {
    Path snapshot = snapshot();
    byte[] bytes = Files.readAllBytes(snapshot);
    bytes[11] = 3;
    Files.write(snapshot, bytes);
    isRefusedEverywhere(snapshot, "x.snapshot: snapshot: version: 3 (expected: 1 to 2)");
  }

  /// Writes a snapshot's note anew, with the right checksum.
  private static void rewriteNote(Path snapshot, String from, String to) throws IOException {
    byte[] bytes = Files.readAllBytes(snapshot);
    int length = Arrays.copyOfRange(bytes, 12, 16)[3] & 0xff | (bytes[14] & 0xff) << 8;
    String note = new String(bytes, 16, length, StandardCharsets.UTF_8);
    assertThat(note).contains(from);
    byte[] fresh = note.replace(from, to).getBytes(StandardCharsets.UTF_8);
    var whole = new ByteArrayOutputStream();
    var out = new DataOutputStream(whole);
    out.write(bytes, 0, 12);
    out.writeInt(fresh.length);
    out.write(fresh);
    out.write(bytes, 16 + length, bytes.length - 16 - length - 32);
    out.write(HexFormat.of().parseHex(MiniSet.sha256(whole.toByteArray())));
    Files.write(snapshot, whole.toByteArray());
  }

  @Test
  void aSnapshotOfNoTrainingRun() throws IOException {
    Path snapshot = snapshot();
    rewriteNote(snapshot, "dataSet", "somethingElse");
    isRefusedEverywhere(
        snapshot, "x.snapshot: network ssnn-bp is of no training run", "engram train --save");
  }

  @Test
  void aSnapshotOfAnotherNetwork() throws IOException {
    Path snapshot = snapshot();
    Path wide = new MiniSet(5, 3, 12, 6).write(folder.resolve("wide"));
    rewriteNote(snapshot, mini.toRealPath().toString(), wide.toString());
    isRefusedEverywhere(
        snapshot, "x.snapshot: values of a sample: 16 (expected: 25, as " + wide + " has)");
    Path more = new MiniSet(4, 5, 12, 6).write(folder.resolve("more"));
    rewriteNote(snapshot, wide.toString(), more.toString());
    isRefusedEverywhere(snapshot, "x.snapshot: classes: 3 (expected: 5, as " + more + " has)");
    Path fewer = new MiniSet(4, 3, 6, 6).write(folder.resolve("fewer"));
    rewriteNote(snapshot, more.toString(), fewer.toString());
    isRefusedEverywhere(
        snapshot, "x.snapshot: training images: 12 (expected: at most 6, as many as " + fewer);
  }

  @Test
  void aSnapshotWhoseDataSetHasGone() throws IOException {
    Path snapshot = snapshot();
    Files.move(mini, folder.resolve("moved"));
    run("train", "--resume", snapshot).isRefused(USAGE, "data set: " + mini + " (expected: ");
  }

  // Programs.

  @Test
  void anAssemblyFileWithTenErrors() throws IOException {
    var text = new StringBuilder(".program neuron ten\n.field v : s16\n\n");
    for (int i = 0; i < 10; i++) {
      text.append("        wrong").append(i).append(" r0, v\n");
    }
    Path source = file("ten.s", text.toString());
    var outcome = run("asm", source).isRefused(FAILED);
    for (int i = 0; i < 10; i++) {
      assertThat(outcome.err())
          .contains(source + ":" + (4 + i) + ":9: ", "        wrong" + i + " r0, v\n        ^");
    }
    assertThat(outcome.err().lines()).hasSize(30);
    assertThat(run("verify", source).err()).isEqualTo(outcome.err());
  }

  @Test
  void aFileThatIsNoText() throws IOException {
    Path source = folder.resolve("bytes.s");
    Files.write(source, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    run("asm", source).isRefused(FAILED, "bytes.s", "UTF-8");
    run("asm", mini).isRefused(FAILED, mini.toString());
    run("asm", folder.resolve("absent.s")).isRefused(FAILED, "absent.s: no such file");
  }

  // Networks of one's own, and their events.

  private static final String NETWORK =
      """
      network: echo
      populations:
        ear:   {neurons: 4, external: true}
        mouth: {neurons: 4, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
      """;

  @Test
  void weightsOutOfRange() throws IOException {
    Path network = file("n.yaml", NETWORK.replace("one-to-one 1.0", "one-to-one 2.0"));
    run("run", network)
        .isRefused(
            FAILED,
            "n.yaml:",
            "projections.nerve: weights: 2.0, stored 128 (expected: -127 to 127 in s8 q(6))");
  }

  @Test
  void aNetworkWithSeveralFaults() throws IOException {
    Path network =
        file("n.yaml", NETWORK.replace("delay: 3", "delay: 99").replace("external", "extern"));
    run("run", network)
        .isRefused(FAILED, "delay: 99 (expected: 1 to 63)", "populations.ear: unknown key: extern");
    Path text = file("text.yaml", "network: [1,\n  {");
    run("run", text).isRefused(FAILED, "text.yaml:", "line 2");
  }

  @Test
  void aNetworkThatNamesNoProgram() throws IOException {
    run("run", file("n.yaml", NETWORK.replace("neurons/lif", "neurons/lof")))
        .isRefused(FAILED, "program: neurons/lof (expected: one of ");
    run("run", file("n.yaml", NETWORK.replace("neurons/lif", "./lof")))
        .isRefused(FAILED, "lof.s: no such file");
  }

  @Test
  void aNetworkThatAChipRefuses() throws IOException {
    run("run", file("n.yaml", NETWORK.replace("neurons: 4,", "neurons: 400000,")))
        .isRefused(REFUSED, "refused by engram-1", "(expected: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,ear          | 0,ear (expected: step,population,neuron[,payload])",
        "x,ear,1        | step: x (expected: 0 to 9, by --steps)",
        "10,ear,1       | step: 10 (expected: 0 to 9, by --steps)",
        "0,ear,4        | neuron of ear: 4 (expected: 0 to 3)",
        "0,ear,-1       | neuron of ear: -1 (expected: 0 to 3)",
        "0,eye,1        | population: eye (expected: an external one: ear)",
        "0,mouth,1      | population: mouth (expected: an external one: ear)",
        "0,ear,1,40000  | payload: 40000 (expected: -32768 to 32767)",
      })
  void aBadLineInAFileOfEvents(String line, String message) throws IOException {
    Path network = file("n.yaml", NETWORK);
    Path events = file("events.csv", "# comment\n0,ear,1\n" + line + "\n");
    run("run", network, "--steps", 10, "--input", events)
        .isRefused(FAILED, events + ":3: " + message);
  }

  @Test
  void stepsOutOfRange() throws IOException {
    run("run", file("n.yaml", NETWORK), "--steps", 0)
        .isRefused(USAGE, "--steps: 0 (expected: at least 1)");
  }

  @Test
  void inAProcessOfItsOwnToo() throws IOException, InterruptedException {
    before = Cli.tree(folder);
    cli.process("train", "mnits").isRefused(USAGE, "data set: mnits");
    cli.process("train", mini, "--hidden", 100_000).isRefused(REFUSED, "engram-1");
    cli.process("asm", folder.resolve("absent.s")).isRefused(FAILED, "absent.s: no such file");
  }
}
