package engram.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;

/// Bytes to messages: a varint with a length, then the message. Memory is taken for bytes that have
/// come, not for bytes that are announced; a frame longer than the limit is refused at its length.
public final class FrameDecoder extends ByteToMessageDecoder {
  /// Longest frame that a server takes unless told otherwise, in bytes.
  public static final int DEFAULT_LIMIT = 16 << 20;

  private static final int LONGEST_LENGTH = 5;
  private static final int MOST_NESTING = 20;
  private static final int MISSING = -1;

  private final Parser<? extends MessageLite> parser;
  private int limit;

  /// @param limit longest frame, in bytes
  public FrameDecoder(Parser<? extends MessageLite> parser, int limit) {
    this.parser = parser;
    this.limit = limit;
  }

  /// Changes the limit for the frames that follow; from the channel's own thread.
  public void setLimit(int limit) {
    this.limit = limit;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    int length = length(in);
    if (length == MISSING || in.readableBytes() < length) {
      in.readerIndex(start);
      return;
    }
    try {
      var bytes = CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), length));
      bytes.setRecursionLimit(MOST_NESTING);
      out.add(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      in.skipBytes(in.readableBytes());
      throw new CorruptedFrameException("frame of " + length + " bytes: " + e.getMessage(), e);
    }
    in.skipBytes(length);
  }

  /// Reads a length; `MISSING` if its bytes are not all there.
  private int length(ByteBuf in) {
    long length = 0;
    for (int i = 0; i < LONGEST_LENGTH; i++) {
      if (!in.isReadable()) {
        return MISSING;
      }
      byte b = in.readByte();
      length |= (long) (b & 0x7F) << 7 * i;
      if (b >= 0) {
        if (length > limit) {
          in.skipBytes(in.readableBytes());
          throw new TooLongFrameException(
              "frame: %d bytes (expected: at most %d)".formatted(length, limit));
        }
        return (int) length;
      }
    }
    in.skipBytes(in.readableBytes());
    throw new CorruptedFrameException("frame: its length has more than 5 bytes");
  }
}
