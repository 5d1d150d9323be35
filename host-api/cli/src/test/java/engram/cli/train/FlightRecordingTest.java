package engram.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.MiniSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `train --profile-recording` leaves.
final class FlightRecordingTest {
  @TempDir private Path folder;
  private Cli cli;
  private Path mini;
  private Path file;

  @BeforeEach
  void writeData() throws IOException {
    cli = new Cli(folder);
    mini = MiniSet.STANDARD.write(folder.resolve("mini"));
    file = folder.resolve("run.jfr");
  }

  /// A run of some seconds, most of them in the chip.
  private Object[] train(Object... options) {
    return Stream.concat(
            Stream.of("train", mini, "--hidden", 64, "--epochs", 2, "--engine", "reference"),
            Stream.of(options))
        .toArray();
  }

  private static Stream<String> classes(RecordedEvent sample) {
    return sample.getStackTrace().getFrames().stream()
        .filter(RecordedFrame::isJavaFrame)
        .map(frame -> frame.getMethod().getType().getName());
  }

  @Test
  void showsTheChipAtWork() throws IOException {
    cli.run(train("--profile-recording", file)).succeeds();
    var events = RecordingFile.readAllEvents(file);
    var samples =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("jdk.ExecutionSample"))
            .filter(e -> e.getStackTrace() != null)
            .toList();
    assertThat(samples.stream().flatMap(FlightRecordingTest::classes).collect(Collectors.toSet()))
        .contains("engram.cli.train.Training", "engram.chip.Chip", "engram.chip.Core");
  }

  @Test
  void changesNothingOfTheResult() {
    var plain = cli.run(train("--json")).json();
    var recorded = cli.run(train("--json", "--profile-recording", file)).json();
    for (String key : List.of("state_digest", "test_accuracy", "cycles")) {
      assertThat(recorded.get(key)).as(key).isEqualTo(plain.get(key));
    }
  }

  @Test
  void replacesAnOlderFileAndLeavesNothingBeside() throws IOException {
    Files.writeString(file, "older");
    var before = Cli.tree(folder).keySet();
    cli.run(train("--train-samples", 5, "--profile-recording", file)).succeeds();
    assertThat(RecordingFile.readAllEvents(file)).isNotEmpty();
    assertThat(Cli.tree(folder).keySet()).isEqualTo(before);
  }

  /// The recorder keeps what it has not yet written in the folder for temporary files.
  @Test
  void aVirtualMachineThatCannotRecordIsNamed() throws Exception {
    Path noFolder = Files.writeString(folder.resolve("file"), "");
    var command = cli.command(train("--quiet", "--profile-recording", file));
    command.command().add(1, "-Djava.io.tmpdir=" + noFolder);
    var outcome = Cli.outcome(command);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("engram: --profile-recording: this Java virtual machine can't record: ")
        .doesNotContain("\tat ");
    assertThat(file).doesNotExist();
  }
}
