package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import engram.protocol.v1.Code;
import engram.protocol.v1.DownloadRequest;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.UploadRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Files of clients: whole or not at all, never outside the folder, whatever the disk does.
class StoreTest extends ServerTest {
  private static Request.Builder save(int chip, String name) {
    return Request.newBuilder().setChip(chip).setSave(SaveRequest.newBuilder().setName(name));
  }

  @Test
  void aFullQuotaInTheMiddleOfASnapshotKeepsTheOldOneAndTheRunGoesOn() throws IOException {
    Path tokens =
        Files.writeString(data.resolve("tokens"), "ada a-secret-of-twenty-x bytes=6000\n");
    start(options().withTokens(tokens));
    try (var client = RawClient.silent(server()).hello("a-secret-of-twenty-x")) {
      int chip = client.leaseWith(Networks.ECHO);
      long bytes = client.call(save(chip, "state")).getSave().getBytes();
      var before = client.digest(chip);
      ProtocolTest.upload(
          client, "filler", 0, ByteString.copyFrom(new byte[(int) (6000 - bytes - 10)]), true);
      client.call(RawClient.run(chip, 5));
      var refused = client.refused(save(chip, "other"));
      assertThat(refused.getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      assertThat(refused.getSubject()).isEqualTo("other");
      client.call(
          Request.newBuilder()
              .setChip(chip)
              .setRestore(RestoreRequest.newBuilder().setName("state")));
      assertThat(client.digest(chip).getState()).isEqualTo(before.getState());
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
      assertThat(
              client
                  .call(Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()))
                  .getFiles()
                  .getFilesCount())
          .isEqualTo(2);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsToldWithoutItsPlace() throws IOException {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      Path folder = data.resolve("everybody");
      Files.deleteIfExists(folder);
      Files.writeString(folder, "no folder any more");
      for (var request :
          java.util.List.of(
              save(chip, "state"),
              Request.newBuilder().setUpload(UploadRequest.newBuilder().setName("state")),
              Request.newBuilder().setDownload(DownloadRequest.newBuilder().setName("state")))) {
        var refused = client.refused(request);
        assertThat(refused.getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
        assertThat(refused.getMessage())
            .startsWith("the server's store: ")
            .doesNotContain(data.toString());
      }
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
      Files.delete(folder);
      client.call(save(chip, "state"));
    }
  }

  @Test
  void aFolderThatIsRemovedComesBack() throws IOException {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.call(save(chip, "state"));
      Files.delete(data.resolve("everybody").resolve("state"));
      Files.delete(data.resolve("everybody"));
      client.call(save(chip, "state"));
      assertThat(
              client.codeOf(
                  Request.newBuilder()
                      .setChip(chip)
                      .setRestore(RestoreRequest.newBuilder().setName("gone"))))
          .isEqualTo(Code.CODE_NOT_FOUND);
    }
  }

  @Test
  void aCheckpointThatFailsDoesNotEndTheRun() throws IOException {
    start(options().withSnapshotEvery(2));
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      Path folder = data.resolve("everybody");
      Files.deleteIfExists(folder);
      Files.writeString(folder, "no folder any more");
      assertThat(client.call(RawClient.run(chip, 20)).getRun().getSteps()).isEqualTo(20);
    }
  }

  @Test
  void aDamagedStateIsRefusedAndTheChipStaysAsItWas() throws IOException {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(save(chip, "state"));
      client.call(RawClient.run(chip, 3));
      var before = client.digest(chip);
      Path file = data.resolve("everybody").resolve("state");
      byte[] good = Files.readAllBytes(file);
      for (int at : new int[] {0, 9, 20, good.length / 2, good.length - 1}) {
        byte[] bad = good.clone();
        bad[at] ^= 0x10;
        Files.write(file, bad);
        var refused =
            client.refused(
                Request.newBuilder()
                    .setChip(chip)
                    .setRestore(RestoreRequest.newBuilder().setName("state")));
        assertThat(refused.getCode()).isEqualTo(Code.CODE_DATA_LOSS);
        assertThat(client.digest(chip)).isEqualTo(before);
      }
    }
  }

  @Test
  void aPieceOutOfOrderIsRefused() {
    try (var client = client()) {
      ProtocolTest.upload(client, "a", 0, ByteString.copyFromUtf8("one"), false);
      for (long offset : new long[] {2, 4, -1, Long.MAX_VALUE}) {
        var piece = UploadRequest.newBuilder().setName("a").setOffset(offset);
        assertThat(client.codeOf(Request.newBuilder().setUpload(piece)))
            .isEqualTo(Code.CODE_OUT_OF_RANGE);
      }
      ProtocolTest.upload(client, "a", 3, ByteString.copyFromUtf8("two"), true);
      var down = DownloadRequest.newBuilder().setName("a").setOffset(-1);
      assertThat(client.codeOf(Request.newBuilder().setDownload(down)))
          .isEqualTo(Code.CODE_OUT_OF_RANGE);
      down.setOffset(Long.MAX_VALUE).setMostBytes(-1);
      var end = client.call(Request.newBuilder().setDownload(down)).getDownload();
      assertThat(end.getData().isEmpty()).isTrue();
      assertThat(end.getBytes()).isEqualTo(6);
    }
  }

  @Test
  void emptyFilesAreLimitedInNumber() throws IOException {
    var store = new Store(data.resolve("many"), Long.MAX_VALUE / 2);
    Files.createDirectories(data.resolve("many"));
    for (int i = 0; i < 10_000; i++) {
      Files.createFile(data.resolve("many").resolve("f" + i));
    }
    assertThatExceptionOfType(CallException.class)
        .isThrownBy(() -> store.upload("one-more", 0, ByteString.EMPTY, true))
        .withMessageContaining("10001 (expected: at most 10000");
    store.remove("f1");
    store.upload("one-more", 0, ByteString.EMPTY, true);
  }

  @Test
  void aServerThatGoesDownWaitsForFilesThatAreBeingWritten() throws Exception {
    var server = started();
    var closing = new Thread(server::close);
    var isWaitedFor = CompletableFuture.supplyAsync(() -> !isOver(server.loops()), server.files());
    closing.start();
    assertThat(isWaitedFor.get()).isTrue();
    closing.join();
    assertThat(server.loops().isTerminated()).isTrue();
  }

  /// True if event loops end soon: within a fraction of the time that files get.
  private static boolean isOver(ExecutorService loops) {
    try {
      return loops.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatAKilledServerLeftHalfWrittenGoesAtTheNextStart() throws IOException {
    Path folder = Files.createDirectories(data.resolve("everybody"));
    Files.writeString(folder.resolve(".part-state"), "half");
    Files.writeString(folder.resolve("state"), "whole");
    started();
    assertThat(folder.resolve(".part-state")).doesNotExist();
    assertThat(folder.resolve("state")).exists();
  }
}
