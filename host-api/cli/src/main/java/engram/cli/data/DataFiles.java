package engram.cli.data;

import engram.firmware.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Bytes of data files and their hashes.
final class DataFiles {
  /// List of hashes beside the files of a set, as `sha256sum` writes it: of the unpacked files.
  static final String SUMS = "SHA256SUMS";

  /// Permissions of a folder that everybody may read.
  static final Set<PosixFilePermission> READABLE_FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private DataFiles() {}

  /// Finds `name` or `name.gz` in a folder; null if neither is there.
  static Path find(Path folder, String name) {
    for (String file : new String[] {name, name + ".gz"}) {
      if (Files.isRegularFile(folder.resolve(file))) {
        return folder.resolve(file);
      }
    }
    return null;
  }

  /// The content of a file, unpacked if it is gzipped.
  static byte[] unpacked(byte[] bytes, String file) throws IOException {
    if (bytes.length < 2 || (bytes[0] & 0xff) != 0x1f || (bytes[1] & 0xff) != 0x8b) {
      return bytes;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    } catch (ZipException | EOFException e) {
      throw new DataException(file + ": damaged gzip: " + e.getMessage());
    }
  }

  static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String digest(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(algorithm(algorithm).digest(bytes));
  }

  /// Refuses a file whose hash is not what it should be.
  static void require(String file, String algorithm, String expected, byte[] bytes) {
    require(file, algorithm, expected, digest(algorithm, bytes));
  }

  /// Refuses a file whose hash is not what it should be.
  ///
  /// @param found the hash that it has
  static void require(String file, String algorithm, String expected, String found) {
    if (!found.equals(expected)) {
      throw new DataException(
          "%s: %s: %s (expected: %s): damaged, or another file; get it anew"
              .formatted(file, algorithm, found, expected));
    }
  }

  /// Reads the hashes of a folder; empty if it has none.
  static Map<String, String> sums(Path folder) throws IOException {
    Path file = folder.resolve(SUMS);
    return Files.isRegularFile(file) ? sums(Files.readString(file)) : Map.of();
  }

  /// Reads a list of hashes.
  static Map<String, String> sums(String list) {
    var sums = new HashMap<String, String>();
    for (String line : list.lines().toList()) {
      String[] words = line.strip().split("\\s+\\*?", 2);
      if (words.length == 2) {
        sums.put(words[1], words[0].toLowerCase(Locale.ROOT));
      }
    }
    return sums;
  }

  /// The four files of a set in the order of `DataSet.Part`, told by the end of their names.
  ///
  /// @param where they are, for messages
  /// @param names without `.gz`
  static List<String> idxFiles(String where, Collection<String> names) {
    return List.of(
        one(where, names, ".*train-images-idx3-ubyte"),
        one(where, names, ".*train-labels-idx1-ubyte"),
        one(where, names, ".*(test|t10k)-images-idx3-ubyte"),
        one(where, names, ".*(test|t10k)-labels-idx1-ubyte"));
  }

  private static String one(String where, Collection<String> names, String pattern) {
    var matching = names.stream().filter(n -> n.matches(pattern)).toList();
    if (matching.size() != 1) {
      throw new DataException(
          "%s: files like %s: %d (expected: 1)".formatted(where, pattern, matching.size()));
    }
    return matching.get(0);
  }
}
