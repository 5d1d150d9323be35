package engram.server;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.ChipStop;
import engram.chip.Snapshot;
import engram.chip.SnapshotException;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.PacketLoss;
import engram.isa.image.ImageCodec;
import engram.isa.image.ImageException;
import engram.protocol.FrameDecoder;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.Request;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// What is fuzzed: each target takes any bytes, and throws if they do harm.
final class FuzzTargets {
  private static final int FRAME_LIMIT = 1 << 16;
  private static final int IMAGE_HEADER = 16;
  private static final int DIGEST = 32;
  private static final long LAST_ID = 1L << 40;

  private FuzzTargets() {}

  // Images.

  /// The content of an image: what checks length and sum has passed, the rest is up to the loader.
  static void image(byte[] content) {
    try {
      var image = ImageCodec.decode(framed(content));
      try (var chip = Chip.load(Networks.PRESET, image, ChipOptions.reference())) {
        chip.run(3);
        chip.stateDigest();
      }
    } catch (ImageException | ChipStop e) {
      // It is refused, or stops by its own rules: both are said.
    }
  }

  private static byte[] framed(byte[] content) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeBytes("ENGRAMIM");
      out.writeInt(ImageCodec.VERSION);
      out.writeInt(content.length);
      out.write(content);
      var crc = new CRC32();
      crc.update(content);
      out.writeInt((int) crc.getValue());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Contents of good images.
  static List<byte[]> images() {
    var contents = new ArrayList<byte[]>();
    for (var image :
        List.of(
            Networks.image(Networks.ECHO),
            Networks.image(Networks.DICE),
            Networks.image(Networks.ssnn()))) {
      byte[] bytes = ImageCodec.encode(image);
      contents.add(Arrays.copyOfRange(bytes, IMAGE_HEADER, bytes.length - Integer.BYTES));
    }
    return contents;
  }

  // Snapshots.

  /// A snapshot without its sum.
  static void snapshot(byte[] bytes) {
    try {
      byte[] whole = Arrays.copyOf(bytes, bytes.length + DIGEST);
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      System.arraycopy(sum, 0, whole, bytes.length, DIGEST);
      var snapshot = Snapshot.read(new ByteArrayInputStream(whole));
      try (var chip = snapshot.restore(Networks.PRESET, ChipOptions.reference())) {
        chip.run(3);
        chip.stateDigest();
      }
    } catch (SnapshotException | ImageException | ChipStop e) {
      // It is refused, or stops by its own rules: both are said.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Good snapshots, without their sums.
  static List<byte[]> snapshots() {
    var all = new ArrayList<byte[]>();
    for (var network : List.of(Networks.ECHO, Networks.DICE)) {
      try (var chip = Networks.chip(network)) {
        chip.run(5);
        all.add(snapshot(chip));
        chip.inject(PacketLoss.everywhere(0.5, 1, 0, Fault.FOREVER));
        chip.inject(new DeadCore(0, 0, 6));
        chip.run(2);
        all.add(snapshot(chip));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  private static byte[] snapshot(Chip chip) throws IOException {
    var bytes = new ByteArrayOutputStream();
    chip.snapshot("a note", bytes);
    return Arrays.copyOf(bytes.toByteArray(), bytes.size() - DIGEST);
  }

  // Frames.

  /// A stream of bytes, in pieces as long as its first byte says.
  static void frames(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    var channel = new EmbeddedChannel(new FrameDecoder(Request.parser(), FRAME_LIMIT));
    int piece = 1 + (bytes[0] & 0xFF);
    try {
      for (int at = 1; at < bytes.length; at += piece) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
      }
      channel.finish();
    } catch (RuntimeException e) {
      // The decoder's own reasons, with which a connection ends, are of Netty's classes.
      if (!String.valueOf(e.getMessage()).startsWith("frame")) {
        throw e;
      }
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  static List<byte[]> frameStreams() {
    var all = new ArrayList<byte[]>();
    for (int piece : new int[] {0, 6, 255}) {
      try {
        var bytes = new ByteArrayOutputStream();
        bytes.write(piece);
        for (var request : Seeds.requests()) {
          request.writeDelimitedTo(bytes);
        }
        all.add(bytes.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  // Requests.

  /// A server that is asked anything. It must answer everything or close the connection, must never
  /// fail by a fault of its own, and must serve the next client.
  static final class Sessions implements AutoCloseable {
    private final EngramServer server;

    Sessions(Path data) {
      try {
        server =
            EngramServer.start(
                ServerOptions.loopback("engram test", 0, Map.of("engram-1", 3), data));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// @param bytes requests, each behind its length in two bytes
    void requests(byte[] bytes) {
      try (var client = RawClient.silent(server).hello("")) {
        client.leaseWith(Networks.ECHO);
        ask(client, bytes);
      } finally {
        // Those that waited get what is given back.
        while (!server.leases().all().isEmpty()) {
          server.leases().all().forEach(lease -> server.leases().end(lease, "next input"));
        }
      }
      for (var point : server.metrics().registry().scrape()) {
        if (point.toString().contains("INTERNAL")
            || point.getDataPoints().stream()
                .anyMatch(p -> "INTERNAL".equals(p.getLabels().get("code")))) {
          throw new IllegalStateException("a fault of the server's own");
        }
      }
    }

    private static void ask(RawClient client, byte[] bytes) {
      try {
        var in = ByteBuffer.wrap(bytes);
        while (in.remaining() > 2) {
          byte[] request = new byte[Math.min(in.getShort() & 0xFFFF, in.remaining())];
          in.get(request);
          client.sendFrame(request);
        }
        client.write(
            Request.newBuilder()
                .setId(LAST_ID)
                .setCancel(CancelRequest.getDefaultInstance())
                .build());
        client.flush();
      } catch (UncheckedIOException e) {
        return;
      }
      while (true) {
        try {
          var response = client.receive();
          if (response == null || response.getId() == LAST_ID) {
            return;
          }
        } catch (UncheckedIOException e) {
          if (e.getCause() instanceof java.net.SocketTimeoutException) {
            throw e;
          }
          return;
        }
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }

  static List<byte[]> requestStreams() {
    var all = new ArrayList<byte[]>();
    var together = new ByteArrayOutputStream();
    for (var request : Seeds.requests()) {
      var one = new ByteArrayOutputStream();
      byte[] bytes = request.toByteArray();
      for (var to : List.of(one, together)) {
        to.write(bytes.length >> 8);
        to.write(bytes.length);
        to.writeBytes(bytes);
      }
      all.add(one.toByteArray());
    }
    all.add(together.toByteArray());
    return all;
  }

  /// Good requests for the first chip of a connection that holds `Networks.ECHO`.
  static final class Seeds {
    private Seeds() {}

    static List<Request> requests() {
      var list = new ArrayList<Request>();
      for (var request : HostileClientTest.oneOfEach(1)) {
        list.add(request.setId(10 + list.size()).build());
      }
      list.add(
          Request.newBuilder()
              .setId(9)
              .setLease(LeaseRequest.newBuilder().setPreset("engram-1").setTimeToLiveS(5))
              .build());
      return list;
    }
  }
}
