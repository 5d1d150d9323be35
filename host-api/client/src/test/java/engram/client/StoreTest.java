package engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import engram.protocol.v1.DownloadResponse;
import engram.protocol.v1.FilesResponse;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.RemoveResponse;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.RestoreResponse;
import engram.protocol.v1.SaveResponse;
import engram.protocol.v1.UploadResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StoreTest {
  private static final int PIECE = 1 << 20;

  private final FakePeer peer = new FakePeer();
  private Connection connection;

  @BeforeEach
  void connect() {
    peer.says(HelloResponse.newBuilder().setProtocolMajor(1).build());
    connection = Engram.connect(peer.uri());
  }

  @AfterEach
  void close() {
    peer.close();
    connection.close();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @Test
  void filesAreUploadedInPiecesAndTheLastOneSaysSo() throws IOException {
    for (int size : new int[] {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE}) {
      byte[] content = bytes(size);
      var done = CompletableFuture.runAsync(() -> connection.store().upload("f", content));
      var sent = new ByteArrayOutputStream();
      boolean last = false;
      while (!last) {
        var request = peer.take(CallCase.UPLOAD);
        var piece = request.getUpload();
        assertThat(request.getChip()).isZero();
        assertThat(piece.getName()).isEqualTo("f");
        assertThat(piece.getOffset()).isEqualTo(sent.size());
        assertThat(piece.getData().size()).isLessThanOrEqualTo(PIECE);
        piece.getData().writeTo(sent);
        last = piece.getLast();
        peer.reply(
            FakePeer.to(request).setUpload(UploadResponse.newBuilder().setBytes(sent.size())));
      }
      Failures.soon(done);
      assertThat(sent.toByteArray()).isEqualTo(content);
    }
  }

  @Test
  void filesAreDownloadedInPieces() {
    for (int size : new int[] {0, 1, 10, 11, 20}) {
      byte[] content = bytes(size);
      var download = CompletableFuture.supplyAsync(() -> connection.store().download("f"));
      int offset = 0;
      do {
        var request = peer.take(CallCase.DOWNLOAD);
        assertThat(request.getDownload().getOffset()).isEqualTo(offset);
        int count = Math.min(10, size - offset);
        peer.reply(
            FakePeer.to(request)
                .setDownload(
                    DownloadResponse.newBuilder()
                        .setBytes(size)
                        .setData(ByteString.copyFrom(content, offset, count))));
        offset += count;
      } while (offset < size);
      assertThat(Failures.soon(download)).isEqualTo(content);
    }
  }

  @Test
  void filesAreListedAndRemoved() {
    var files = connection.store().filesAsync();
    peer.reply(
        FakePeer.to(peer.take(CallCase.FILES))
            .setFiles(
                FilesResponse.newBuilder()
                    .addFiles(FilesResponse.File.newBuilder().setName("a").setBytes(3))));
    assertThat(Failures.soon(files)).containsExactly(new StoredFile("a", 3));
    var removed = connection.store().removeAsync("a");
    var request = peer.take(CallCase.REMOVE);
    assertThat(request.getRemove().getName()).isEqualTo("a");
    peer.reply(FakePeer.to(request).setRemove(RemoveResponse.getDefaultInstance()));
    Failures.soon(removed);
  }

  @Test
  void aChipIsSavedAndRestoredByName() {
    var chip = connection.lease("engram-1");
    var saved = chip.saveAsync("s", "epoch 1");
    var save = peer.take(CallCase.SAVE);
    assertThat(save.getSave().getNote()).isEqualTo("epoch 1");
    peer.reply(FakePeer.to(save).setSave(SaveResponse.newBuilder().setBytes(100)));
    assertThat(Failures.soon(saved).getBytes()).isEqualTo(100);
    var restored = chip.restoreAsync("s");
    var restore = peer.take(CallCase.RESTORE);
    assertThat(restore.getChip()).isEqualTo(FakePeer.CHIP);
    peer.reply(FakePeer.to(restore).setRestore(RestoreResponse.newBuilder().setNote("epoch 1")));
    assertThat(Failures.soon(restored).getNote()).isEqualTo("epoch 1");
  }
}
