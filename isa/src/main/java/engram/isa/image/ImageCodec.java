package engram.isa.image;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.exec.SparseRows;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/// The image as bytes: `ENGRAMIM`, version, length, content, CRC-32 of the content. Numbers are big
/// endian, texts are UTF-8 with a 16-bit length, lists have a 32-bit length. `docs/chip.md` lists
/// the content.
public final class ImageCodec {
  /// Version of the format that is written; older ones are not read.
  public static final int VERSION = 1;

  private static final String IMAGE = "ENGRAMIM";
  private static final String PROGRAM = "ENGRAMPG";

  private ImageCodec() {}

  /// Writes an image.
  public static byte[] encode(ChipImage image) {
    return framed(IMAGE, writer -> writer.image(image));
  }

  /// Reads an image. It is well-formed then, not yet sound: `ImageChecker` judges that.
  ///
  /// @throws ImageException if the bytes are no image
  public static ChipImage decode(byte[] bytes) {
    return unframed(IMAGE, "chip image", bytes, Reader::image);
  }

  /// Writes a single program, framed like an image, as `ENGRAMPG`.
  public static byte[] encodeProgram(Program program) {
    return framed(PROGRAM, writer -> writer.program(program));
  }

  /// Reads a single program. It is well-formed then, not yet verified.
  ///
  /// @throws ImageException if the bytes are no program
  public static Program decodeProgram(byte[] bytes) {
    return unframed(PROGRAM, "program", bytes, Reader::program);
  }

  private static byte[] framed(String magic, Element<Writer> content) {
    try {
      var inner = new ByteArrayOutputStream();
      content.write(new Writer(new DataOutputStream(inner)));
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeBytes(magic);
      out.writeInt(VERSION);
      out.writeInt(inner.size());
      inner.writeTo(out);
      var crc = new CRC32();
      crc.update(inner.toByteArray());
      out.writeInt((int) crc.getValue());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Content<T> {
    T read(Reader reader) throws IOException;
  }

  private static <T> T unframed(String magic, String what, byte[] bytes, Content<T> content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte[] start = in.readNBytes(magic.length());
      if (!Arrays.equals(start, magic.getBytes(StandardCharsets.US_ASCII))) {
        throw refused(what, "they do not start with " + magic);
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw refused(what, "version: " + version + " (expected: " + VERSION + ")");
      }
      int length = in.readInt();
      int rest = bytes.length - magic.length() - 3 * Integer.BYTES;
      if (length < 0 || length != rest) {
        throw refused(what, "content: " + rest + " bytes (expected: " + length + ")");
      }
      byte[] inner = in.readNBytes(length);
      var crc = new CRC32();
      crc.update(inner);
      int expected = in.readInt();
      if ((int) crc.getValue() != expected) {
        throw refused(
            what, "CRC-32: %08x (expected: %08x)".formatted((int) crc.getValue(), expected));
      }
      var reader = new Reader(inner);
      T read = content.read(reader);
      if (reader.in.available() > 0) {
        throw refused(what, reader.in.available() + " bytes behind the content");
      }
      return read;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw refused(what, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static ImageException refused(String what, String reason) {
    return new ImageException("these bytes are no " + what + ":", List.of(reason));
  }

  private interface Element<T> {
    void write(T element) throws IOException;
  }

  private interface Made<T> {
    T read() throws IOException;
  }

  private static final class Writer {
    private final DataOutputStream out;

    Writer(DataOutputStream out) {
      this.out = out;
    }

    private <T> void list(List<T> list, Element<T> element) throws IOException {
      out.writeInt(list.size());
      for (var item : list) {
        element.write(item);
      }
    }

    private <T> void map(Map<String, T> map, Element<T> element) throws IOException {
      out.writeInt(map.size());
      for (var entry : new TreeMap<>(map).entrySet()) {
        out.writeUTF(entry.getKey());
        element.write(entry.getValue());
      }
    }

    private void ints(int[] values) throws IOException {
      out.writeInt(values.length);
      for (int value : values) {
        out.writeInt(value);
      }
    }

    private void longs(long[] values) throws IOException {
      out.writeInt(values.length);
      for (long value : values) {
        out.writeLong(value);
      }
    }

    void image(ChipImage image) throws IOException {
      out.writeUTF(image.network());
      out.writeLong(image.seed());
      out.writeInt(image.frame());
      list(
          image.registers(),
          r -> {
            out.writeUTF(r.name());
            format(r.format());
            out.writeInt(r.initial());
          });
      list(image.programs(), this::program);
      list(image.populations(), this::population);
      list(image.projections(), this::projection);
      list(image.cores(), this::core);
      list(image.hostRoutes(), routes -> list(routes, this::route));
      list(image.sequencers(), this::sequencer);
      out.writeBoolean(image.samples().isPresent());
      if (image.samples().isPresent()) {
        samples(image.samples().get());
      }
    }

    private void format(NumberFormat format) throws IOException {
      out.writeBoolean(format.signed());
      out.writeByte(format.bits());
      out.writeByte(format.fraction());
    }

    private void program(Program program) throws IOException {
      out.writeByte(program.kind().ordinal());
      out.writeUTF(program.name());
      list(
          program.symbols(),
          s -> {
            out.writeUTF(s.name());
            out.writeByte(s.role().ordinal());
            format(s.format());
            out.writeByte(s.overflow().ordinal());
            out.writeByte(s.history());
            out.writeBoolean(s.hold());
            out.writeBoolean(s.graded());
            out.writeInt(s.initial());
            out.writeUTF(s.sums());
          });
      list(
          program.tables(),
          t -> {
            out.writeUTF(t.name());
            format(t.format());
            ints(t.values());
          });
      list(
          program.triggers(),
          t -> {
            out.writeUTF(t.name());
            out.writeInt(t.preAge());
            out.writeInt(t.postSlot());
            out.writeInt(t.postAge());
            out.writeInt(t.period());
            out.writeInt(t.offset());
            out.writeInt(t.globalSlot());
            out.writeInt(t.globalAge());
          });
      out.writeByte(program.activity().kind().ordinal());
      list(program.activity().slots(), out::writeInt);
      out.writeByte(program.originAge());
      longs(program.words());
    }

    private void population(PopulationImage population) throws IOException {
      out.writeUTF(population.name());
      out.writeInt(population.size());
      out.writeInt(population.program());
      out.writeInt(population.lag());
      map(population.groups(), out::writeInt);
      list(List.copyOf(new TreeSet<>(population.recorded())), out::writeUTF);
    }

    private void projection(ProjectionImage projection) throws IOException {
      out.writeUTF(projection.name());
      out.writeInt(projection.source());
      out.writeInt(projection.target());
      out.writeUTF(projection.accumulator());
      list(
          projection.lines(),
          l -> {
            out.writeUTF(l.stream());
            out.writeByte(l.sign());
            out.writeByte(l.delay());
          });
      out.writeInt(projection.rowsOf());
      out.writeByte(projection.format().ordinal());
      format(projection.weights());
      out.writeInt(projection.rowProgram());
      out.writeInt(projection.synapseProgram());
      out.writeInt(projection.mirrorOf());
      out.writeByte(projection.path().ordinal());
    }

    private void core(CoreImage core) throws IOException {
      out.writeInt(core.core());
      list(
          core.slices(),
          s -> {
            out.writeInt(s.population());
            out.writeInt(s.first());
            out.writeInt(s.count());
            map(s.values(), this::ints);
            map(s.routes(), routes -> list(routes, this::route));
          });
      list(core.blocks(), this::block);
      list(
          core.axons(),
          a -> {
            out.writeInt(a.first());
            out.writeInt(a.count());
            out.writeInt(a.block());
            out.writeInt(a.row());
            out.writeByte(a.sign());
            out.writeByte(a.delay());
          });
    }

    private void block(BlockImage block) throws IOException {
      out.writeInt(block.projection());
      out.writeInt(block.slice());
      out.writeInt(block.layout().rows());
      out.writeInt(block.layout().lanes());
      switch (block.layout()) {
        case SynapseLayout.Dense dense -> {
          out.writeByte(dense.mask() == null ? 0 : 1);
          if (dense.mask() != null) {
            longs(dense.mask());
          }
        }
        case SparseRows sparse -> {
          boolean wide = sparse.wideSteps() != null;
          out.writeByte(wide ? 3 : 2);
          ints(sparse.starts());
          out.writeInt(sparse.places());
          for (int place = 0; place < sparse.places(); place++) {
            if (wide) {
              out.writeChar(sparse.wideSteps()[place]);
            } else {
              out.writeByte(sparse.narrowSteps()[place]);
            }
          }
        }
        case SynapseLayout.Shared shared -> {
          out.writeByte(4);
          out.writeInt(shared.weights());
          ints(shared.base());
          ints(shared.pattern());
          ints(shared.starts());
          ints(shared.offsets());
          ints(shared.entries());
        }
      }
      out.writeBoolean(block.weights() != null);
      if (block.weights() != null) {
        out.writeInt(block.weights().length());
        for (int i = 0; i < block.weights().length(); i++) {
          out.writeShort(block.weights().get(i));
        }
      }
      map(block.values(), this::ints);
      map(block.routes(), routes -> list(routes, this::route));
    }

    private void route(RouteImage route) throws IOException {
      out.writeInt(route.first());
      out.writeInt(route.count());
      out.writeInt(route.core());
      out.writeInt(route.axon());
    }

    private void sequencer(Sequencer sequencer) throws IOException {
      out.writeInt(sequencer.register());
      switch (sequencer) {
        case Sequencer.Reduce reduce -> {
          out.writeByte(0);
          out.writeUTF(reduce.word());
          list(reduce.projections(), out::writeInt);
        }
        case Sequencer.Rewire rewire -> {
          out.writeByte(1);
          out.writeInt(rewire.projection());
        }
      }
    }

    private void samples(SamplePort port) throws IOException {
      out.writeUTF(port.data());
      out.writeUTF(port.dataField());
      out.writeUTF(port.label());
      out.writeUTF(port.labelField());
      out.writeInt(port.labelOn());
      out.writeUTF(port.vote());
      out.writeUTF(port.voteStream());
      out.writeUTF(port.learn());
      out.writeInt(port.steps());
    }
  }

  private static final class Reader {
    private final DataInputStream in;

    Reader(byte[] content) {
      in = new DataInputStream(new ByteArrayInputStream(content));
    }

    /// A length that the bytes which are left can hold.
    private int length(int elementBytes) throws IOException {
      int length = in.readInt();
      if (length < 0 || (long) length * elementBytes > in.available()) {
        throw new IOException(
            "list of "
                + length
                + " elements (expected: as many as "
                + in.available()
                + " bytes hold)");
      }
      return length;
    }

    private <T> List<T> list(Made<T> element) throws IOException {
      int length = length(1);
      var list = new ArrayList<T>();
      for (int i = 0; i < length; i++) {
        list.add(element.read());
      }
      return list;
    }

    private <T> Map<String, T> map(Made<T> element) throws IOException {
      int length = length(1);
      var map = new TreeMap<String, T>();
      for (int i = 0; i < length; i++) {
        map.put(in.readUTF(), element.read());
      }
      return map;
    }

    private int[] ints() throws IOException {
      int[] values = new int[length(Integer.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readInt();
      }
      return values;
    }

    private long[] longs() throws IOException {
      long[] values = new long[length(Long.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readLong();
      }
      return values;
    }

    ChipImage image() throws IOException {
      return new ChipImage(
          in.readUTF(),
          in.readLong(),
          in.readInt(),
          list(() -> new RegisterImage(in.readUTF(), format(), in.readInt())),
          list(this::program),
          list(this::population),
          list(this::projection),
          list(this::core),
          list(() -> list(this::route)),
          list(this::sequencer),
          in.readBoolean() ? Optional.of(samples()) : Optional.empty());
    }

    private NumberFormat format() throws IOException {
      return new NumberFormat(in.readBoolean(), in.readByte(), in.readByte());
    }

    private Program program() throws IOException {
      return new Program(
          ProgramKind.values()[in.readByte()],
          in.readUTF(),
          list(() ->
              new Symbol(
                  in.readUTF(),
                  SymbolRole.values()[in.readByte()],
                  format(),
                  Overflow.values()[in.readByte()],
                  in.readByte(),
                  in.readBoolean(),
                  in.readBoolean(),
                  in.readInt(),
                  in.readUTF())),
          list(() -> new Table(in.readUTF(), format(), ints())),
          list(() ->
              new Trigger(
                  in.readUTF(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt())),
          new Activity(Activity.Kind.values()[in.readByte()], list(in::readInt)),
          in.readByte(),
          longs());
    }

    private PopulationImage population() throws IOException {
      return new PopulationImage(
          in.readUTF(),
          in.readInt(),
          in.readInt(),
          in.readInt(),
          map(in::readInt),
          new TreeSet<>(list(in::readUTF)));
    }

    private ProjectionImage projection() throws IOException {
      return new ProjectionImage(
          in.readUTF(),
          in.readInt(),
          in.readInt(),
          in.readUTF(),
          list(() -> new ProjectionImage.Line(in.readUTF(), in.readByte(), in.readByte())),
          in.readInt(),
          SynapseFormat.values()[in.readByte()],
          format(),
          in.readInt(),
          in.readInt(),
          in.readInt(),
          ProjectionImage.Path.values()[in.readByte()]);
    }

    private CoreImage core() throws IOException {
      return new CoreImage(
          in.readInt(),
          list(() ->
              new SliceImage(
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  map(this::ints),
                  map(() -> list(this::route)))),
          list(this::block),
          list(() ->
              new AxonRange(
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readInt(),
                  in.readByte(),
                  in.readByte())));
    }

    private BlockImage block() throws IOException {
      int projection = in.readInt();
      int slice = in.readInt();
      int rows = in.readInt();
      int lanes = in.readInt();
      if (rows < 0 || lanes < 0 || (long) rows * lanes > Integer.MAX_VALUE) {
        throw new IOException("block of " + rows + " rows and " + lanes + " lanes");
      }
      SynapseLayout layout =
          switch (in.readByte()) {
            case 0 -> new SynapseLayout.Dense(rows, lanes, null);
            case 1 -> {
              long[] mask = longs();
              if (mask.length != (long) rows * StreamColumn.words(lanes)) {
                throw new IOException("mask of " + mask.length + " words");
              }
              yield new SynapseLayout.Dense(rows, lanes, mask);
            }
            case 2 -> {
              int[] starts = ints();
              byte[] steps = new byte[length(Byte.BYTES)];
              in.readFully(steps);
              yield SparseRows.narrow(rows, lanes, starts, steps);
            }
            case 3 -> {
              int[] starts = ints();
              char[] steps = new char[length(Character.BYTES)];
              for (int i = 0; i < steps.length; i++) {
                steps[i] = in.readChar();
              }
              yield SparseRows.wide(rows, lanes, starts, steps);
            }
            case 4 ->
                new SynapseLayout.Shared(
                    rows, lanes, in.readInt(), ints(), ints(), ints(), ints(), ints());
            default -> throw new IOException("unknown synapse layout");
          };
      SynapseColumn weights = null;
      if (in.readBoolean()) {
        int length = length(Short.BYTES);
        weights = SynapseColumn.of(NumberFormat.signed(16), length);
        for (int i = 0; i < length; i++) {
          weights.set(i, in.readShort());
        }
      }
      return new BlockImage(
          projection, slice, layout, weights, map(this::ints), map(() -> list(this::route)));
    }

    private RouteImage route() throws IOException {
      return new RouteImage(in.readInt(), in.readInt(), in.readInt(), in.readInt());
    }

    private Sequencer sequencer() throws IOException {
      int register = in.readInt();
      return switch (in.readByte()) {
        case 0 -> new Sequencer.Reduce(register, in.readUTF(), list(in::readInt));
        case 1 -> new Sequencer.Rewire(register, in.readInt());
        default -> throw new IOException("unknown sequencer");
      };
    }

    private SamplePort samples() throws IOException {
      return new SamplePort(
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          in.readInt(),
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          in.readInt());
    }
  }
}
