package engram.cli.data;

import engram.firmware.data.DataException;
import engram.firmware.data.DataSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipInputStream;

/// Brings a known data set to this machine, from a folder or a mirror. The set appears whole, with
/// every hash checked, or not at all.
final class DataFetcher {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String from;
  private final Path target;

  /// @param from folder, or address of a mirror that has the files under their names
  /// @param target folder that the set's own folder is made in
  DataFetcher(String from, Path target) {
    this.from = from;
    this.target = target;
  }

  /// Fetches a set; returns its folder.
  Path fetch(DataSet set) throws IOException {
    var files = set.archive().isPresent() ? fromArchive(set) : fromFiles(set);
    Files.createDirectories(target);
    Path part = Files.createTempDirectory(target, "." + set.name());
    try {
      var sums = new StringBuilder();
      for (var file : new TreeMap<>(files).entrySet()) {
        Files.write(part.resolve(file.getKey()), file.getValue());
        String name = file.getKey().replaceFirst("\\.gz$", "");
        byte[] content = DataFiles.unpacked(file.getValue(), file.getKey());
        sums.append(DataFiles.digest("SHA-256", content)).append("  ").append(name).append('\n');
      }
      Files.writeString(part.resolve(DataFiles.SUMS), sums);
      Path folder = target.resolve(set.name());
      if (Files.isDirectory(folder)) {
        delete(folder);
      }
      return Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      if (Files.isDirectory(part)) {
        delete(part);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Map<String, byte[]> fromFiles(DataSet set) throws IOException {
    var files = new HashMap<String, byte[]>();
    for (String name : set.files()) {
      String found = name + ".gz";
      byte[] bytes = get(found);
      if (bytes == null) {
        found = name;
        bytes = get(found);
      }
      if (bytes == null) {
        throw new DataException(from + ": neither " + name + ".gz nor " + name + " is there");
      }
      DataFiles.require(found, "SHA-256", set.sha256().get(name), DataFiles.unpacked(bytes, found));
      files.put(found, bytes);
    }
    return files;
  }

  private Map<String, byte[]> fromArchive(DataSet set) throws IOException {
    var archive = set.archive().orElseThrow();
    byte[] bytes = get(archive.file());
    if (bytes == null) {
      throw new DataException(from + ": " + archive.file() + " is not there");
    }
    DataFiles.require(archive.file(), "MD5", archive.md5(), bytes);
    var files = new HashMap<String, byte[]>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        for (String name : set.files()) {
          if (entry.getName().equals(archive.folder() + "/" + name + ".gz")) {
            files.put(name + ".gz", zip.readAllBytes());
          }
        }
      }
    }
    if (files.size() != set.files().size()) {
      throw new DataException(
          "%s: files of %s: %d (expected: %d)"
              .formatted(archive.file(), set.name(), files.size(), set.files().size()));
    }
    return files;
  }

  /// The bytes of a file of the source; null if it has none of that name.
  private byte[] get(String file) throws IOException {
    if (from.startsWith("http://") || from.startsWith("https://")) {
      return download(URI.create(from.endsWith("/") ? from + file : from + "/" + file));
    }
    if (!Files.isDirectory(Path.of(from))) {
      throw new DataException(from + ": no such folder");
    }
    try {
      return Files.readAllBytes(Path.of(from, file));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static byte[] download(URI address) throws IOException {
    try (var client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build()) {
      var response =
          client.send(
              HttpRequest.newBuilder(address).timeout(PATIENCE.multipliedBy(20)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return switch (response.statusCode()) {
        case 200 -> response.body();
        case 404 -> null;
        default ->
            throw new DataException(
                address + ": status: " + response.statusCode() + " (expected: 200)");
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(address + ": interrupted");
    } catch (IOException e) {
      throw new DataException(
          address + ": " + (e.getMessage() == null ? "no connection" : e.getMessage()));
    }
  }
}
