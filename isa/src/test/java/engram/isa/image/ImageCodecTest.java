package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.isa.assembler.Assembler;
import engram.isa.exec.SparseRows;
import engram.isa.program.Program;
import engram.isa.testing.RandomPrograms;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Images and programs as bytes, there and back, and the frame around them.
final class ImageCodecTest {
  @Provide
  Arbitrary<ChipImage> images() {
    return Arbitraries.randomValue(RandomImages::image);
  }

  @Provide
  Arbitrary<Program> programs() {
    return Arbitraries.randomValue(RandomPrograms::program);
  }

  @Property(tries = 120, seed = "61")
  void imagesComeBackAsTheyWere(@ForAll("images") ChipImage image) {
    byte[] bytes = ImageCodec.encode(image);
    var back = ImageCodec.decode(bytes);
    assertThat(back).usingRecursiveComparison().isEqualTo(image);
    assertThat(ImageCodec.encode(back)).isEqualTo(bytes);
  }

  @Property(tries = 500, seed = "62")
  void programsComeBackAsTheyWere(@ForAll("programs") Program program) {
    byte[] bytes = ImageCodec.encodeProgram(program);
    assertThat(ImageCodec.decodeProgram(bytes)).isEqualTo(program);
    assertThat(new String(bytes, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("ENGRAMPG");
  }

  /// A block of 2^31 - 1 rows of one lane, without any list: as much as that would take is not
  /// there.
  @Example
  void rowsWithoutListsTakeNoMemory() {
    var rows = SparseRows.narrow(Integer.MAX_VALUE, 1, new int[1], new byte[0]);
    assertThat(rows.isSound()).isFalse();
  }

  @Example
  void theFrameIsMagicVersionLengthContentAndCheckSum() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    var buffer = ByteBuffer.wrap(bytes);
    byte[] magic = new byte[8];
    buffer.get(magic);
    assertThat(magic).isEqualTo("ENGRAMIM".getBytes(StandardCharsets.US_ASCII));
    assertThat(buffer.getInt()).isEqualTo(ImageCodec.VERSION);
    int length = buffer.getInt();
    assertThat(length).isEqualTo(bytes.length - 20);
    var crc = new CRC32();
    crc.update(bytes, 16, length);
    assertThat(buffer.getInt(bytes.length - 4)).isEqualTo((int) crc.getValue());
  }

  /// The bytes of a small program: a change of them is a change of the format, and of its version.
  @Example
  void theFormatIsPinned() {
    var program =
        Assembler.assemble(
                "p.s",
                ".program neuron p\n.field v : s8 q(3) wrap history 2 = -5\nst v, 7\n",
                Map.of())
            .program();
    assertThat(HexFormat.of().formatHex(ImageCodec.encodeProgram(program)))
        .isEqualTo(
            "454e4752414d5047" // ENGRAMPG
                + "00000001" // version
                + "00000033" // bytes of content
                + "00" // neuron
                + "0001"
                + "70" // p
                + "00000001" // symbols
                + "0001"
                + "76" // v
                + "00"
                + "010803" // field, s8 q(3)
                + "01"
                + "02"
                + "00"
                + "00" // wrap, history, neither held nor graded
                + "fffffffb"
                + "0000" // initial value, no sums
                + "00000000" // tables
                + "00000000" // triggers
                + "00"
                + "00000000" // always active
                + "00" // origin
                + "00000001" // words
                + "0600010000000007"
                + "f39be1d4"); // CRC-32 of the content
  }

  @Example
  void refusesOtherBytes() {
    byte[] image = ImageCodec.encode(new ImageDraft().image());
    refused(new byte[0], "they do not start with ENGRAMIM");
    refused(
        "ENGRAMIX and more".getBytes(StandardCharsets.US_ASCII), "they do not start with ENGRAMIM");
    refused(
        ImageCodec.encodeProgram(RandomPrograms.program(new Random(1))),
        "they do not start with ENGRAMIM");
    refused(Arrays.copyOf(image, 10), "EOFException");
    assertThatThrownBy(() -> ImageCodec.decodeProgram(image))
        .isInstanceOf(ImageException.class)
        .hasMessage("these bytes are no program:\n  they do not start with ENGRAMPG");
  }

  private static void refused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> ImageCodec.decode(bytes))
        .isInstanceOf(ImageException.class)
        .hasMessage("these bytes are no chip image:\n  " + reason);
  }

  @Example
  void refusesAnotherVersion() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    bytes[11] = 2;
    refused(bytes, "version: 2 (expected: 1)");
  }

  @Example
  void refusesALengthThatIsNotThatOfTheContent() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    int length = bytes.length - 20;
    refused(
        Arrays.copyOf(bytes, bytes.length - 1),
        "content: " + (length - 1) + " bytes (expected: " + length + ")");
    refused(
        Arrays.copyOf(bytes, bytes.length + 1),
        "content: " + (length + 1) + " bytes (expected: " + length + ")");
    ByteBuffer.wrap(bytes).putInt(12, -1);
    refused(bytes, "content: " + length + " bytes (expected: -1)");
  }

  @Example
  void refusesContentThatItsCheckSumDoesNotCover() {
    byte[] bytes = ImageCodec.encode(new ImageDraft().image());
    bytes[50] ^= 1;
    assertThatThrownBy(() -> ImageCodec.decode(bytes))
        .isInstanceOf(ImageException.class)
        .hasMessageMatching("(?s).*CRC-32: [0-9a-f]{8} \\(expected: [0-9a-f]{8}\\)");
  }
}
