package engram.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FramesTest {
  private static final int LIMIT = 1000;

  private static EmbeddedChannel decoder() {
    return new EmbeddedChannel(new FrameDecoder(Request.parser(), LIMIT));
  }

  private static Request request(int id, int bytes) {
    return Request.newBuilder()
        .setId(id)
        .setInject(InjectRequest.newBuilder().setNeurons(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  /// Protobuf's own framing is the oracle.
  private static byte[] delimited(Request... requests) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (var request : requests) {
      request.writeDelimitedTo(bytes);
    }
    return bytes.toByteArray();
  }

  @Test
  void writesAsProtobufsOwnFraming() throws IOException {
    for (int size : new int[] {0, 1, 100, 127, 128, 130, 20_000}) {
      var channel = new EmbeddedChannel(new FrameEncoder());
      channel.writeOutbound(request(7, size));
      ByteBuf written = channel.readOutbound();
      byte[] bytes = new byte[written.readableBytes()];
      written.readBytes(bytes);
      written.release();
      assertThat(bytes).isEqualTo(delimited(request(7, size)));
    }
  }

  @Test
  void readsFramesHoweverTheyAreCut() throws IOException {
    byte[] bytes = delimited(request(1, 0), request(2, 500), request(3, 1), request(4, 0));
    var random = new Random(5);
    for (int trial = 0; trial < 200; trial++) {
      var channel = decoder();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(trial < 100 ? 3 : 300));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, at, end - at));
        at = end;
      }
      assertThat(channel.inboundMessages())
          .containsExactly(request(1, 0), request(2, 500), request(3, 1), request(4, 0));
    }
  }

  @Test
  void aFrameThatIsTooLongIsRefusedAtItsLength() {
    byte[] twoToThe31 = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 8};
    assertThatThrownBy(() -> decoder().writeInbound(Unpooled.wrappedBuffer(twoToThe31)))
        .isInstanceOf(TooLongFrameException.class)
        .hasMessage("frame: 2147483648 bytes (expected: at most 1000)");
  }

  @Test
  void aLengthWithoutEndIsRefused() {
    byte[] endless = {-1, -1, -1, -1, -1, -1};
    assertThatThrownBy(() -> decoder().writeInbound(Unpooled.wrappedBuffer(endless)))
        .isInstanceOf(CorruptedFrameException.class)
        .hasMessageContaining("more than 5 bytes");
  }

  @Test
  void garbageInsideAFrameIsRefused() {
    byte[] garbage = {3, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF};
    assertThatThrownBy(() -> decoder().writeInbound(Unpooled.wrappedBuffer(garbage)))
        .isInstanceOf(CorruptedFrameException.class)
        .hasMessageContaining("frame of 3 bytes");
  }

  @Test
  void columnsKeepTheirValues() {
    int[] ints = {0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE};
    short[] shorts = {0, -1, Short.MIN_VALUE};
    long[] longs = {0, -1, Long.MAX_VALUE};
    assertThat(Columns.ints("a", Columns.ofInts(ints))).isEqualTo(ints);
    assertThat(Columns.shorts("a", Columns.ofShorts(shorts, 3))).isEqualTo(shorts);
    assertThat(Columns.longs("a", Columns.ofLongs(longs, 3))).isEqualTo(longs);
    assertThat(Columns.ofInts(1, -2).toByteArray())
        .containsExactly(1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF);
    assertThatThrownBy(() -> Columns.ints("neurons", ByteString.copyFrom(new byte[7])))
        .hasMessage("neurons: 7 bytes (expected: a multiple of 4)");
  }

  @Test
  void anUnknownFieldIsPassedOver() {
    byte[] bytes = {5, 8, 9, (byte) 0xC0, 0x3E, 1};
    var channel = decoder();
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    Request read = channel.readInbound();
    assertThat(read.getId()).isEqualTo(9);
    assertThat(read.getCallCase()).isEqualTo(Request.CallCase.CALL_NOT_SET);
  }
}
