package engram.chip;

import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.PacketLoss;
import engram.chip.fault.RandomFlips;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Faults as they are written into a snapshot; `docs/chip.md` has the layout.
final class FaultCodec {
  private static final int FLIP = 0;
  private static final int RANDOM = 1;
  private static final int DEAD = 2;
  private static final int LOSS = 3;

  private static final int FIELD = 0;
  private static final int WEIGHTS = 1;
  private static final int TAG = 2;

  private FaultCodec() {}

  static byte[] encode(List<Fault> faults) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(faults.size());
      for (var fault : faults) {
        write(out, fault);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Fault fault) throws IOException {
    switch (fault) {
      case BitFlip flip -> {
        out.writeByte(FLIP);
        write(out, flip.memory());
        out.writeLong(flip.index());
        out.writeInt(flip.bit());
        out.writeLong(flip.at());
      }
      case RandomFlips flips -> {
        out.writeByte(RANDOM);
        write(out, flips.memory());
        out.writeInt(flips.count());
        out.writeLong(flips.seed());
        out.writeLong(flips.at());
      }
      case DeadCore dead -> {
        out.writeByte(DEAD);
        out.writeInt(dead.core());
        out.writeLong(dead.from());
        out.writeLong(dead.until());
      }
      case PacketLoss loss -> {
        out.writeByte(LOSS);
        out.writeLong(loss.probability());
        out.writeLong(loss.seed());
        out.writeInt(loss.fromCore());
        out.writeInt(loss.toCore());
        out.writeLong(loss.from());
        out.writeLong(loss.until());
      }
    }
  }

  private static void write(DataOutputStream out, FaultMemory memory) throws IOException {
    switch (memory) {
      case FaultMemory.Field(String population, String field) -> {
        out.writeByte(FIELD);
        out.writeUTF(population);
        out.writeUTF(field);
      }
      case FaultMemory.Weights(String projection) -> {
        out.writeByte(WEIGHTS);
        out.writeUTF(projection);
      }
      case FaultMemory.Tag(String projection, String tag) -> {
        out.writeByte(TAG);
        out.writeUTF(projection);
        out.writeUTF(tag);
      }
    }
  }

  static List<Fault> decode(byte[] bytes) {
    var faults = new ArrayList<Fault>();
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        faults.add(fault(in));
      }
      if (in.read() >= 0) {
        throw new IllegalStateException("there is something behind the faults");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("faults end early", e);
    }
    return faults;
  }

  private static Fault fault(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case FLIP -> new BitFlip(memory(in), in.readLong(), in.readInt(), in.readLong());
      case RANDOM -> new RandomFlips(memory(in), in.readInt(), in.readLong(), in.readLong());
      case DEAD -> new DeadCore(in.readInt(), in.readLong(), in.readLong());
      case LOSS ->
          new PacketLoss(
              in.readLong(),
              in.readLong(),
              in.readInt(),
              in.readInt(),
              in.readLong(),
              in.readLong());
      default ->
          throw new IllegalStateException("fault: " + kind + " (expected: 0 to " + LOSS + ")");
    };
  }

  private static FaultMemory memory(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case FIELD -> new FaultMemory.Field(in.readUTF(), in.readUTF());
      case WEIGHTS -> new FaultMemory.Weights(in.readUTF());
      case TAG -> new FaultMemory.Tag(in.readUTF(), in.readUTF());
      default ->
          throw new IllegalStateException("memory: " + kind + " (expected: 0 to " + TAG + ")");
    };
  }
}
