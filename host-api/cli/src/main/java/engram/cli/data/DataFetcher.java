package engram.cli.data;

import engram.firmware.data.DataException;
import engram.firmware.data.DataSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipInputStream;

/// Brings a data set to this machine. The set appears whole, with every hash checked, or not at
/// all; an older one of the name stays until then.
final class DataFetcher {
  private final DataSource source;
  private final Path target;

  /// @param target folder that the set's own folder is made in
  DataFetcher(DataSource source, Path target) {
    this.source = source;
    this.target = target;
  }

  /// Fetches a set of the catalogue; returns its folder.
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
      replace(folder, part);
      return folder;
    } finally {
      delete(part);
    }
  }

  /// Fetches a set that the catalogue does not have: the source's own list of hashes says which
  /// files it has and what they are.
  Path fetch(String name) throws IOException {
    byte[] list =
        source
            .read(DataFiles.SUMS)
            .orElseThrow(() ->
                new DataException(
                    "%s: there is no %s with the hashes of the unpacked files, and %s is not in the catalogue"
                        .formatted(source, DataFiles.SUMS, name)));
    var sums = DataFiles.sums(new String(list, StandardCharsets.UTF_8));
    var files = DataFiles.idxFiles(source + ": " + DataFiles.SUMS, sums.keySet());
    return fetch(new DataSet(name, "", "", files, sums, Optional.empty(), false, ""));
  }

  /// Puts a finished folder in the place of an older one.
  private static void replace(Path folder, Path fresh) throws IOException {
    Path old = fresh.resolveSibling(fresh.getFileName() + ".old");
    boolean existed = Files.exists(folder);
    if (existed) {
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      // A temporary folder is its maker's alone; a data set is for everybody.
      Files.setPosixFilePermissions(fresh, DataFiles.READABLE_FOLDER);
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (existed) {
        Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    delete(old);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.toList().reversed()) {
          Files.delete(file);
        }
      }
    }
  }

  private Map<String, byte[]> fromFiles(DataSet set) throws IOException {
    var files = new HashMap<String, byte[]>();
    for (String name : set.files()) {
      String found = name + ".gz";
      var bytes = source.read(found);
      if (bytes.isEmpty()) {
        found = name;
        bytes = source.read(found);
      }
      if (bytes.isEmpty()) {
        throw new DataException(source + ": neither " + name + ".gz nor " + name + " is there");
      }
      DataFiles.require(
          source + ": " + found,
          "SHA-256",
          set.sha256().get(name),
          DataFiles.unpacked(bytes.get(), found));
      files.put(found, bytes.get());
    }
    return files;
  }

  /// Takes the files of a set out of an archive on the way, without keeping the archive.
  private Map<String, byte[]> fromArchive(DataSet set) throws IOException {
    var archive = set.archive().orElseThrow();
    var files = new HashMap<String, byte[]>();
    var digest = DataFiles.algorithm("MD5");
    try (InputStream in =
        new DigestInputStream(
            source
                .open(archive.file())
                .orElseThrow(
                    () -> new DataException(source + ": " + archive.file() + " is not there")),
            digest)) {
      var zip = new ZipInputStream(in);
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        for (String name : set.files()) {
          if (entry.getName().equals(archive.folder() + "/" + name + ".gz")) {
            files.put(name + ".gz", zip.readAllBytes());
          }
        }
      }
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw DataSource.failure(source + ": " + archive.file(), e);
    }
    DataFiles.require(
        source + ": " + archive.file(),
        "MD5",
        archive.md5(),
        HexFormat.of().formatHex(digest.digest()));
    if (files.size() != set.files().size()) {
      throw new DataException(
          "%s: files of %s: %d (expected: %d)"
              .formatted(archive.file(), set.name(), files.size(), set.files().size()));
    }
    return files;
  }
}
