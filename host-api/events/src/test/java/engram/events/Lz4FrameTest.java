package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import net.jpountz.xxhash.XXHashFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Lz4FrameTest {
  private static final int MOST = 1 << 20;

  /// 3,000 bytes without pattern, 50 times, each time with a number behind them: in every block but
  /// the first, all copies reach into the block before.
  private static byte[] content() {
    byte[] content = new byte[50 * 3004];
    int x = 1;
    for (int i = 0; i < 3000; i++) {
      x = x * 1103515245 + 12345 & 0x7fffffff;
      for (int k = 0; k < 50; k++) {
        content[3004 * k + i] = (byte) (x >> 16);
        content[3004 * k + 3000] = (byte) k;
      }
    }
    return content;
  }

  private static byte[] decompress(byte[] frame) {
    var lz4 = new Lz4Frame(MOST);
    lz4.decompress(frame);
    return Arrays.copyOf(lz4.content(), lz4.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"linked-blocks.lz4", "checked-blocks.lz4"})
  void blocksThatReferToBlocksBeforeAreRead(String file) {
    assertThat(decompress(Batches.resource(file))).isEqualTo(content());
  }

  /// The reason why there is a decoder of our own.
  @Test
  void theUsualLibraryRefusesSuchBlocks() {
    assertThatThrownBy(() ->
            new LZ4FrameInputStream(new ByteArrayInputStream(Batches.resource("linked-blocks.lz4")))
                .readAllBytes())
        .hasRootCauseMessage(
            "Dependent block stream is unsupported (BLOCK_INDEPENDENCE must be set)");
  }

  @Property(tries = 200, seed = "7")
  void framesOfTheUsualLibraryAreRead(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    byte[] content = new byte[random.nextInt(1 << random.nextInt(1, 18))];
    for (int i = 0; i < content.length; i++) {
      boolean copy = i > 0 && random.nextInt(64) > 0;
      content[i] = copy ? content[i - 1 - random.nextInt(Math.min(i, 3))] : (byte) random.nextInt();
    }
    var out = new ByteArrayOutputStream();
    Bits[] bits =
        random.nextBoolean()
            ? new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM, Bits.CONTENT_CHECKSUM}
            : new Bits[] {Bits.BLOCK_INDEPENDENCE};
    try (var frame = new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, bits)) {
      frame.write(content);
    }
    assertThat(decompress(out.toByteArray())).isEqualTo(content);
  }

  @Property(tries = 200, seed = "8")
  void theHashIsThatOfTheUsualLibrary(@ForAll byte[] bytes) {
    assertThat(Lz4Frame.xxh32(bytes, 0, bytes.length))
        .isEqualTo(XXHashFactory.safeInstance().hash32().hash(bytes, 0, bytes.length, 0));
  }

  @Test
  void aFrameThatIsCutOffIsRefused() {
    byte[] frame = Batches.resource("checked-blocks.lz4");
    for (int length = 0; length < frame.length; length += length < 64 ? 1 : 97) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatThrownBy(() -> decompress(cut))
          .isInstanceOf(EventFormatException.class)
          .hasMessageStartingWith("LZ4: ")
          .hasMessageContaining("(expected: ");
    }
    assertThatThrownBy(() -> decompress(Arrays.copyOf(frame, frame.length + 1)))
        .hasMessage("LZ4: bytes: 6873 (expected: 6872)");
  }

  @Test
  void checksAreChecked() {
    byte[] frame = Batches.resource("checked-blocks.lz4");
    var random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] bad = frame.clone();
      bad[i < 20 ? i : random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> decompress(bad)).isInstanceOf(EventFormatException.class);
    }
  }

  @Test
  void contentWithoutBoundIsRefused() {
    byte[] frame = Batches.resource("linked-blocks.lz4");
    assertThatThrownBy(() -> new Lz4Frame(100_000).decompress(frame))
        .hasMessage("LZ4: content: at least 102132 bytes (expected: <= 100000)");
  }
}
