package engram.protocol;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.io.IOException;

/// Messages to bytes: a varint with the length, then the message.
@Sharable
public final class FrameEncoder extends MessageToByteEncoder<MessageLite> {
  public FrameEncoder() {
    super(MessageLite.class);
  }

  @Override
  protected ByteBuf allocateBuffer(
      ChannelHandlerContext context, MessageLite message, boolean preferDirect) {
    int length = message.getSerializedSize();
    return context.alloc().ioBuffer(CodedOutputStream.computeUInt32SizeNoTag(length) + length);
  }

  @Override
  protected void encode(ChannelHandlerContext context, MessageLite message, ByteBuf out)
      throws IOException {
    int size = out.writableBytes();
    var bytes = CodedOutputStream.newInstance(out.nioBuffer(out.writerIndex(), size));
    bytes.writeUInt32NoTag(message.getSerializedSize());
    message.writeTo(bytes);
    bytes.flush();
    out.writerIndex(out.writerIndex() + bytes.getTotalBytesWritten());
  }
}
