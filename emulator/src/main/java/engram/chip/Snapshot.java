package engram.chip;

import engram.chip.preset.Preset;
import engram.isa.image.ChipImage;
import engram.isa.image.ImageCodec;
import engram.isa.image.ImageException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.util.Arrays;

/// A chip written down: `ENGRAMSN`, version, then the sections note, preset, image, state and
/// mirrors, each with its length, then the SHA-256 of all before. What was read is checked before a
/// chip is made of it. A chip with faults has two sections more, faults and parts.
///
/// @param note what the writer wanted to remember, as text
/// @param preset name of the preset
/// @param faults of the chip
/// @param parts what cores know apart from each other since a fault struck; empty if they agree
public record Snapshot(
    String note,
    String preset,
    ChipImage image,
    byte[] state,
    byte[] mirrors,
    byte[] faults,
    byte[] parts) {
  /// Version of the format that a chip without faults is written in.
  public static final int VERSION = 1;

  /// The one with faults.
  public static final int WITH_FAULTS = 2;

  private static final byte[] MAGIC = {'E', 'N', 'G', 'R', 'A', 'M', 'S', 'N'};

  /// A chip without faults.
  public Snapshot(String note, String preset, ChipImage image, byte[] state, byte[] mirrors) {
    this(note, preset, image, state, mirrors, new byte[0], new byte[0]);
  }

  /// Writes a chip down, its preset by name.
  void write(OutputStream target) throws IOException {
    boolean plain = faults.length + parts.length == 0;
    var digest = Chip.sha256();
    var out = new DataOutputStream(new DigestOutputStream(target, digest));
    out.write(MAGIC);
    out.writeInt(plain ? VERSION : WITH_FAULTS);
    section(out, note.getBytes(StandardCharsets.UTF_8));
    section(out, preset.getBytes(StandardCharsets.UTF_8));
    section(out, ImageCodec.encode(image));
    section(out, state);
    section(out, mirrors);
    if (!plain) {
      section(out, faults);
      section(out, parts);
    }
    out.flush();
    target.write(digest.digest());
    target.flush();
  }

  private static void section(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /// Reads a snapshot.
  ///
  /// @throws SnapshotException if it is damaged, foreign, or of another version
  public static Snapshot read(InputStream source) throws IOException {
    var digest = Chip.sha256();
    var in = new DataInputStream(new DigestInputStream(source, digest));
    try {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new SnapshotException("it does not start with ENGRAMSN: no snapshot of Engram");
      }
      int version = in.readInt();
      if (version < VERSION || version > WITH_FAULTS) {
        throw new SnapshotException(
            "version: %d (expected: %d to %d)".formatted(version, VERSION, WITH_FAULTS));
      }
      String note = new String(section(in), StandardCharsets.UTF_8);
      String preset = new String(section(in), StandardCharsets.UTF_8);
      byte[] image = section(in);
      byte[] state = section(in);
      byte[] mirrors = section(in);
      byte[] faults = version == WITH_FAULTS ? section(in) : new byte[0];
      byte[] parts = version == WITH_FAULTS ? section(in) : new byte[0];
      byte[] computed = digest.digest();
      byte[] written = source.readNBytes(computed.length);
      if (!Arrays.equals(computed, written)) {
        throw new SnapshotException("its checksum does not match: it is damaged");
      }
      if (source.read() >= 0) {
        throw new SnapshotException("there is something behind its end");
      }
      return new Snapshot(note, preset, ImageCodec.decode(image), state, mirrors, faults, parts);
    } catch (EOFException e) {
      throw new SnapshotException("it ends early: it is damaged");
    } catch (ImageException e) {
      throw new SnapshotException("its image is refused: " + e.getMessage());
    }
  }

  private static byte[] section(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new SnapshotException("a section of " + length + " bytes: it is damaged");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  /// Makes a chip that goes on where the snapshot was taken; its counts start at zero.
  ///
  /// @throws ImageException if the preset refuses the image
  public Chip restore(Preset preset, ChipOptions options) {
    return onto(Chip.load(preset, image, options));
  }

  /// Gives the snapshot's state to a chip that the same network was loaded into, on whatever cores.
  /// Returns the chip; closes it if the state does not fit.
  public Chip onto(Chip chip) {
    try {
      chip.restore(state, mirrors, faults, parts);
      return chip;
    } catch (RuntimeException e) {
      chip.close();
      throw new SnapshotException("its state does not fit its image: " + e.getMessage());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot s
        && note.equals(s.note)
        && preset.equals(s.preset)
        && Arrays.equals(state, s.state)
        && Arrays.equals(mirrors, s.mirrors)
        && Arrays.equals(faults, s.faults)
        && Arrays.equals(parts, s.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(state);
  }

  @Override
  public String toString() {
    return "snapshot of " + image.network() + " on " + preset;
  }
}
