package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import engram.isa.testing.RandomPrograms;
import engram.isa.verify.VerificationException;
import engram.isa.verify.Verifier;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Bytes that were damaged by chance, or made to do harm: whatever they say, reading and judging
/// them ends in a reason.
final class DamagedImageTest {
  private static final int HEADER = 16;

  private final Random random = new Random(7);
  private final ChipSpec spec = new ImageDraft().spec;

  /// Without a new check sum the frame alone refuses it, wherever the damage is.
  @Test
  void anyBitThatTurnsIsSeen() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(reason(damaged)).as("bit %d", bit).isNotEmpty();
    }
  }

  @Test
  void anyCutIsSeen() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    for (int length = 0; length < bytes.length; length++) {
      assertThat(reason(Arrays.copyOf(bytes, length))).as("cut to %d", length).isNotEmpty();
    }
  }

  /// The first reason why bytes are no image; empty if they are one.
  private static String reason(byte[] bytes) {
    try {
      ImageCodec.decode(bytes);
      return "";
    } catch (ImageException e) {
      return e.reasons().get(0);
    }
  }

  /// Gives damaged bytes the frame of sound ones.
  private static byte[] framed(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    int length = bytes.length - HEADER - Integer.BYTES;
    buffer.putInt(12, length);
    var crc = new CRC32();
    crc.update(bytes, HEADER, length);
    buffer.putInt(bytes.length - Integer.BYTES, (int) crc.getValue());
    return bytes;
  }

  private byte[] damage(byte[] bytes) {
    byte[] damaged = bytes.clone();
    int content = bytes.length - HEADER - Integer.BYTES;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = HEADER + random.nextInt(content);
      switch (random.nextInt(5)) {
        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> damaged[at] = (byte) random.nextInt();
        case 2 -> damaged[at] += (byte) (random.nextBoolean() ? 1 : -1);
        case 3 -> put(damaged, at, random.nextInt() >>> random.nextInt(32));
        default ->
            put(
                damaged,
                at,
                new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0}[random.nextInt(4)]);
      }
    }
    if (random.nextInt(10) == 0) {
      int cut = HEADER + random.nextInt(content);
      byte[] shorter = new byte[cut + Integer.BYTES];
      System.arraycopy(damaged, 0, shorter, 0, cut);
      damaged = shorter;
    }
    return framed(damaged);
  }

  private static void put(byte[] bytes, int at, int value) {
    if (at + 2 * Integer.BYTES <= bytes.length) {
      ByteBuffer.wrap(bytes).putInt(at, value);
    }
  }

  /// With a sound frame the content speaks: it is no image, or the checker refuses it, or nothing
  /// that matters was hit.
  @Test
  void damageUnderASoundFrameEndsInAReason() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    int unread = 0;
    int refused = 0;
    int passed = 0;
    for (int i = 0; i < 12_000; i++) {
      ChipImage image;
      byte[] damaged = damage(bytes);
      try {
        image = ImageCodec.decode(damaged);
      } catch (ImageException e) {
        unread++;
        continue;
      } catch (RuntimeException e) {
        throw new AssertionError("try " + i + " is read with", e);
      }
      try {
        ImageChecker.check(spec, image);
        passed++;
      } catch (ImageException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("try " + i + " is checked with", e);
      }
    }
    assertThat(unread).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(1000);
    assertThat(passed).isGreaterThan(200);
  }

  @Test
  void damagedProgramsEndInAReason() {
    int read = 0;
    for (int i = 0; i < 6_000; i++) {
      byte[] bytes = ImageCodec.encodeProgram(RandomPrograms.program(random));
      try {
        Verifier.verify(ImageCodec.decodeProgram(damage(bytes)));
      } catch (ImageException e) {
        continue;
      } catch (VerificationException e) {
        assertThat(e.faults()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("try " + i, e);
      }
      read++;
    }
    assertThat(read).isGreaterThan(500);
  }

  /// Most bytes that are allocated for an image of which one length lies.
  private static long mostAllocatedByLies(byte[] bytes) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long most = 0;
    for (int at = HEADER; at + 2 * Integer.BYTES <= bytes.length; at++) {
      byte[] lying = bytes.clone();
      ByteBuffer.wrap(lying).putInt(at, 0x7fff_fff0);
      framed(lying);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        ImageCodec.decode(lying);
      } catch (ImageException e) {
        assertThat(e.reasons()).hasSize(1);
      }
      most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return most;
  }

  /// A length that lies asks for no memory: each list is as long as the bytes behind it allow.
  @Test
  void lengthsThatLieAllocateNothing() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    // The first time is that of the classes that are loaded.
    mostAllocatedByLies(bytes);
    assertThat(mostAllocatedByLies(bytes))
        .as("bytes allocated for an image of %d", bytes.length)
        .isLessThan(1 << 20);
  }
}
