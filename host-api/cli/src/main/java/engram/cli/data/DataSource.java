package engram.cli.data;

import engram.firmware.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where the files of a data set come from: a folder, or a mirror that has them under their names.
final class DataSource implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String address;
  private final HttpClient client;

  /// @param address folder, or `http://` or `https://` and so on
  /// @throws DataException if it is neither
  DataSource(String address) {
    this.address = address;
    boolean mirror = address.startsWith("http://") || address.startsWith("https://");
    if (!mirror && !Files.isDirectory(Path.of(address))) {
      throw new DataException(
          address + ": no such folder (expected: a folder, or a mirror's http address)");
    }
    client =
        mirror
            ? HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build()
            : null;
  }

  /// Opens a file; empty if the source has none of that name.
  Optional<InputStream> open(String file) throws IOException {
    if (client != null) {
      return download(URI.create(address.endsWith("/") ? address + file : address + "/" + file));
    }
    try {
      return Optional.of(Files.newInputStream(Path.of(address, file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// Reads a file whole; empty if the source has none of that name.
  Optional<byte[]> read(String file) throws IOException {
    var opened = open(file);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (var in = opened.get()) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw failure(address + ": " + file, e);
    }
  }

  private Optional<InputStream> download(URI file) {
    try {
      var response =
          client.send(
              HttpRequest.newBuilder(file).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() == 200) {
        return Optional.of(response.body());
      }
      response.body().close();
      if (response.statusCode() == 404) {
        return Optional.empty();
      }
      throw new DataException(file + ": status: " + response.statusCode() + " (expected: 200)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(file + ": interrupted");
    } catch (IOException e) {
      throw failure(file.toString(), e);
    }
  }

  /// What to say when bytes stop coming.
  static DataException failure(String what, IOException e) {
    return new DataException(
        what
            + ": "
            + (e.getMessage() == null ? "no connection" : e.getMessage())
            + "; nothing was written, try again or give another source with --from");
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }

  @Override
  public String toString() {
    return address;
  }
}
