package engram.cli.data;

import engram.firmware.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Bytes of data files and their hashes.
final class DataFiles {
  /// List of hashes beside the files of a set, as `sha256sum` writes it: of the unpacked files.
  static final String SUMS = "SHA256SUMS";

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
    } catch (ZipException | java.io.EOFException e) {
      throw new DataException(file + ": damaged gzip: " + e.getMessage());
    }
  }

  static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Refuses a file whose hash is not what it should be.
  static void require(String file, String algorithm, String expected, byte[] bytes) {
    String found = digest(algorithm, bytes);
    if (!found.equals(expected)) {
      throw new DataException(
          "%s: %s: %s (expected: %s): damaged, or another file"
              .formatted(file, algorithm, found, expected));
    }
  }

  /// Reads the hashes of a folder; empty if it has none.
  static Map<String, String> sums(Path folder) throws IOException {
    var sums = new HashMap<String, String>();
    Path file = folder.resolve(SUMS);
    if (Files.isRegularFile(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+\\*?", 2);
        if (words.length == 2) {
          sums.put(words[1], words[0]);
        }
      }
    }
    return sums;
  }
}
