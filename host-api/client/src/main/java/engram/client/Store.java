package engram.client;

import com.google.protobuf.ByteString;
import engram.protocol.v1.DownloadRequest;
import engram.protocol.v1.DownloadResponse;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.RemoveRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.Response.ResultCase;
import engram.protocol.v1.UploadRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Files that the server keeps for a token: states of chips, images. Files travel in pieces, so
/// that neither side holds a whole one.
public final class Store {
  private static final int PIECE = 1 << 20;

  private final Supplier<Link> link;
  private final Duration timeout;

  /// @param timeout deadline of each call, zero: none
  Store(Supplier<Link> link, Duration timeout) {
    this.link = link;
    this.timeout = timeout;
  }

  /// Files in order of name.
  public List<StoredFile> files() {
    return filesCall().await();
  }

  public CompletableFuture<List<StoredFile>> filesAsync() {
    return filesCall();
  }

  private Call<List<StoredFile>> filesCall() {
    return link.get()
        .call(
            Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()),
            timeout,
            ResultCase.FILES,
            response ->
                response.getFiles().getFilesList().stream()
                    .map(file -> new StoredFile(file.getName(), file.getBytes()))
                    .toList());
  }

  public void remove(String name) {
    removeCall(name).await();
  }

  public CompletableFuture<Void> removeAsync(String name) {
    return removeCall(name);
  }

  private Call<Void> removeCall(String name) {
    return link.get()
        .call(
            Request.newBuilder().setRemove(RemoveRequest.newBuilder().setName(name)),
            timeout,
            ResultCase.REMOVE,
            _ -> null);
  }

  public void upload(String name, byte[] content) {
    try {
      upload(name, new ByteArrayInputStream(content));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Puts a file into the store; it is there, whole, when the call returns.
  ///
  /// @return bytes of the file
  public long upload(String name, InputStream content) throws IOException {
    var at = link.get();
    byte[] piece = content.readNBytes(PIECE);
    long offset = 0;
    boolean last = false;
    while (!last) {
      byte[] next = piece.length < PIECE ? new byte[0] : content.readNBytes(PIECE);
      last = next.length == 0;
      var request =
          UploadRequest.newBuilder()
              .setName(name)
              .setOffset(offset)
              .setData(ByteString.copyFrom(piece))
              .setLast(last);
      at.call(
              Request.newBuilder().setUpload(request),
              timeout,
              ResultCase.UPLOAD,
              Response::getUpload)
          .await();
      offset += piece.length;
      piece = next;
    }
    return offset;
  }

  /// Gets a file that fits into memory.
  public byte[] download(String name) {
    var content = new ByteArrayOutputStream();
    try {
      download(name, content);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return content.toByteArray();
  }

  /// Gets a file.
  ///
  /// @return bytes of the file
  public long download(String name, OutputStream content) throws IOException {
    var at = link.get();
    long offset = 0;
    DownloadResponse piece;
    do {
      var request =
          DownloadRequest.newBuilder().setName(name).setOffset(offset).setMostBytes(PIECE);
      piece =
          at.call(
                  Request.newBuilder().setDownload(request),
                  timeout,
                  ResultCase.DOWNLOAD,
                  Response::getDownload)
              .await();
      piece.getData().writeTo(content);
      offset += piece.getData().size();
    } while (!piece.getData().isEmpty() && offset < piece.getBytes());
    return offset;
  }
}
