package engram.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// A data set that is learnt in a moment: small pictures, in each class its own bright places and
/// some noise.
///
/// @param side of a picture
/// @param train pictures
/// @param test pictures
public record MiniSet(int side, int classes, int train, int test) {
  /// 8 x 8, ten classes.
  public static final MiniSet STANDARD = new MiniSet(8, 10, 240, 60);

  public static final List<String> FILES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  /// Writes the set into a folder, with its list of hashes; returns the folder.
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    var contents = contents();
    for (int i = 0; i < FILES.size(); i++) {
      Files.write(folder.resolve(FILES.get(i)), contents.get(i));
    }
    writeSums(folder, contents);
    return folder;
  }

  /// Writes the set gzipped; the hashes are of the unpacked files, as ever.
  public Path writeGzipped(Path folder) throws IOException {
    Files.createDirectories(folder);
    var contents = contents();
    for (int i = 0; i < FILES.size(); i++) {
      try (var out =
          new GZIPOutputStream(Files.newOutputStream(folder.resolve(FILES.get(i) + ".gz")))) {
        out.write(contents.get(i));
      }
    }
    writeSums(folder, contents);
    return folder;
  }

  private static void writeSums(Path folder, List<byte[]> contents) throws IOException {
    var sums = new StringBuilder();
    for (int i = 0; i < FILES.size(); i++) {
      sums.append(sha256(contents.get(i))).append("  ").append(FILES.get(i)).append('\n');
    }
    Files.writeString(folder.resolve("SHA256SUMS"), sums);
  }

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<byte[]> contents() throws IOException {
    return List.of(
        images(train, 1), idx(labels(train), train), images(test, 2), idx(labels(test), test));
  }

  private byte[] labels(int count) {
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % classes);
    }
    return labels;
  }

  private byte[] images(int count, int seed) throws IOException {
    byte[] pixels = new byte[count * side * side];
    for (int i = 0; i < count; i++) {
      byte[] image = image(i % classes, seed * 100_000 + i);
      System.arraycopy(image, 0, pixels, i * image.length, image.length);
    }
    return idx(pixels, count, side, side);
  }

  /// A picture of a class.
  ///
  /// @param noise its own noise
  public byte[] image(int label, int noise) {
    var places = new Random(label);
    var random = new Random(noise);
    byte[] image = new byte[side * side];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (places.nextInt(4) == 0 ? 255 - random.nextInt(60) : random.nextInt(40));
    }
    return image;
  }

  private static byte[] idx(byte[] values, int... shape) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(0x800 + shape.length);
    for (int length : shape) {
      out.writeInt(length);
    }
    out.write(values);
    return bytes.toByteArray();
  }
}
