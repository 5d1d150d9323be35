package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.SamplesRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed in the middle of training loses no more than the last few samples: the
/// next one goes on from its last snapshot, and ends where an undisturbed run ends, to the bit.
@Timeout(300)
class KillTest {
  private static final int SAMPLES = 400;
  private static final int STEPS_BETWEEN_SNAPSHOTS = 40;
  private static final int BEFORE_THE_KILL = 150;
  private static final int RATE = 30_000;

  @TempDir Path data;

  /// A server in a process of its own.
  private record Running(Process process, int port) implements AutoCloseable {
    static Running start(Path data) throws IOException {
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--add-modules",
                  "jdk.incubator.vector",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ServerMain.class.getName(),
                  data.toString(),
                  Integer.toString(STEPS_BETWEEN_SNAPSHOTS))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      assertThat(line).as("what the server printed").matches("[0-9]+");
      return new Running(process, Integer.parseInt(line));
    }

    RawClient client() throws IOException {
      return new RawClient(new Socket("127.0.0.1", port)).hello("");
    }

    /// As `kill -9` does.
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static SamplesRequest.Builder samples(long play, int first, int count) {
    byte[] values = ProtocolTest.values(SAMPLES);
    int[] labels = ProtocolTest.labels(SAMPLES);
    var samples =
        SamplesRequest.newBuilder()
            .setPlay(play)
            .setCount(count)
            .setLast(first + count == SAMPLES)
            .setValues(
                ByteString.copyFrom(values, first * Networks.INPUTS, count * Networks.INPUTS));
    for (int i = first; i < first + count; i++) {
      samples.addLabels(labels[i]);
    }
    return samples;
  }

  private static List<Integer> send(RawClient client, long play, int first, int count) {
    client.sendAsIs(Request.newBuilder().setSamples(samples(play, first, count)).build());
    var answers = new ArrayList<Integer>();
    while (answers.size() < count - 8) {
      answers.addAll(client.receive(play).getPlay().getAnswersList());
    }
    return answers;
  }

  @Test
  void trainingGoesOnFromTheLastSnapshotToTheSameDigest() throws Exception {
    String undisturbed;
    var expected = new ArrayList<Integer>();
    try (var chip = Networks.ssnnChip()) {
      chip.setRegister("rate", RATE);
      ProtocolTest.play(
          chip, ProtocolTest.values(SAMPLES), ProtocolTest.labels(SAMPLES), SAMPLES, expected);
      undisturbed = chip.stateDigest();
    }

    try (var first = Running.start(data);
        var client = first.client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      long play =
          client.send(
              Request.newBuilder()
                  .setChip(chip)
                  .setPlay(PlayRequest.newBuilder().setLearn(true).putRegisters("rate", RATE)));
      assertThat(client.receive(play).getPlay().getRoom()).isGreaterThanOrEqualTo(SAMPLES);
      send(client, play, 0, BEFORE_THE_KILL);
      // More is on its way when it happens.
      client.sendAsIs(Request.newBuilder().setSamples(samples(play, BEFORE_THE_KILL, 100)).build());
      first.kill();
    }

    try (var second = Running.start(data);
        var client = second.client()) {
      var files =
          client.call(Request.newBuilder().setFiles(FilesRequest.getDefaultInstance())).getFiles();
      assertThat(files.getFilesCount()).isEqualTo(1);
      String name = files.getFiles(0).getName();
      assertThat(name).startsWith("auto-engram-1-");
      var lease = client.lease();
      assertThat(name).isNotEqualTo("auto-" + lease.getLease());
      var restored =
          client
              .call(
                  Request.newBuilder()
                      .setChip(lease.getChip())
                      .setRestore(RestoreRequest.newBuilder().setName(name)))
              .getRestore();
      assertThat(restored.getNote()).startsWith("samples: ");
      int next = Integer.parseInt(restored.getNote().substring("samples: ".length()));
      assertThat(next).isBetween(BEFORE_THE_KILL - 50, BEFORE_THE_KILL + 100);
      long play =
          client.send(
              Request.newBuilder()
                  .setChip(lease.getChip())
                  .setPlay(PlayRequest.newBuilder().setLearn(true).setFirstNumber(next)));
      client.receive(play);
      client.sendAsIs(Request.newBuilder().setSamples(samples(play, next, SAMPLES - next)).build());
      var results = ProtocolTest.results(client, play);
      assertThat(results.answers()).isEqualTo(expected.subList(next, SAMPLES));
      assertThat(client.digest(lease.getChip()).getState()).isEqualTo(undisturbed);
    }
  }
}
