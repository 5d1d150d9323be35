package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes a file has, a reader gives events or says what is wrong: it never fails in
/// another way, runs on, or takes memory that the file does not justify.
final class DamagedFilesTest {
  private static final SensorGeometry SENSOR = SensorGeometry.N_MNIST;
  private static final EventBatch EVENTS = Batches.pixels(new Random(4), 12, SENSOR, 2000);

  /// Bytes that the reading of a file may take.
  private static final long MOST_TAKEN = 4 << 20;

  /// A good file, and the lengths at which it may be cut and is a good file still.
  private record Sample(String name, EventFormat format, byte[] file, List<Integer> seams) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Sample> samples() {
    var header = EventHeader.of(SENSOR);
    var samples = new ArrayList<Sample>();
    byte[] columns = Batches.write(new ColumnFormat(), header, EVENTS);
    samples.add(new Sample("eev", new ColumnFormat(), columns, List.of()));
    byte[] pixels = Batches.write(PixelFormat.N_MNIST, header, EVENTS);
    var fives = IntStream.range(0, EVENTS.size()).map(i -> 5 * i).boxed().toList();
    samples.add(new Sample("n-mnist", PixelFormat.N_MNIST, pixels, fives));
    samples.add(new Sample("slayer", PixelFormat.SLAYER, pixels, fives));
    byte[] csv = Batches.write(new CsvFormat(), header, EVENTS);
    samples.add(new Sample("csv", new CsvFormat(), csv, lineEnds(csv)));
    for (int compression : new int[] {Aedat4File.NONE, Aedat4File.LZ4, Aedat4File.ZSTD}) {
      int none = aedat4(compression).bytes().length;
      int one = aedat4(compression).events(0, EVENTS, SENSOR).bytes().length;
      byte[] two = aedat4(compression).events(0, EVENTS, SENSOR).events(0, EVENTS, SENSOR).bytes();
      samples.add(
          new Sample(
              "aedat4, compression " + compression, new Aedat4Format(), two, List.of(none, one)));
    }
    byte[] whole = aedat4(Aedat4File.NONE).events(0, EVENTS, SENSOR).dataTable().bytes();
    var inTable =
        IntStream.range(whole.length - Aedat4File.DATA_TABLE.length, whole.length).boxed().toList();
    samples.add(new Sample("aedat4, data table", new Aedat4Format(), whole, inTable));
    return samples.stream();
  }

  private static Aedat4File aedat4(int compression) {
    return new Aedat4File(compression).stream(0, "EVTS", 34, 34);
  }

  /// Behind the header of a CSV file every line may be the last.
  private static List<Integer> lineEnds(byte[] csv) {
    return IntStream.range(1, csv.length).filter(i -> csv[i - 1] == '\n').skip(2).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aFileThatIsCutAnywhereIsRefusedWithBothNumbers(Sample sample) {
    var whole = Batches.read(sample.format, sample.file);
    assertThat(whole.size()).isGreaterThanOrEqualTo(EVENTS.size());
    for (int length = 0; length < sample.file.length; length++) {
      int cut = length;
      var events = new EventBatch();
      String refusal = refusal(sample.format, Arrays.copyOf(sample.file, length), events);
      assertThat(events.size()).isLessThanOrEqualTo(whole.size());
      for (int i = 0; i < events.size(); i++) {
        assertThat(events.time(i)).isEqualTo(whole.time(i));
        assertThat(events.address(i)).isEqualTo(whole.address(i));
      }
      if (sample.seams.contains(length)) {
        assertThat(refusal).as("cut at %d", length).isNull();
      } else {
        assertThat(refusal)
            .as("cut at %d", length)
            .matches("file: byte \\d+: .*\\(expected: .*")
            .satisfies(text -> assertThat(offset(text)).isLessThanOrEqualTo(cut));
      }
    }
  }

  private static int offset(String refusal) {
    return Integer.parseInt(refusal.replaceFirst("file: byte (\\d+):.*", "$1"));
  }

  /// What reading says; null if nothing is wrong. A reader that goes on for ever or fails in
  /// another way fails the test.
  private static String refusal(EventFormat format, byte[] file, EventBatch events) {
    try {
      Batches.read(format, new ByteArrayInputStream(file), Optional.empty(), 5, events);
      return null;
    } catch (EventFormatException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      return fail(HexFormat.of().formatHex(file), e);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void damageIsRefusedOrReadNeverMore(Sample sample) {
    long seed = 14;
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] bad = sample.file.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      refused += refusal(sample.format, bad, new EventBatch()) == null ? 0 : 1;
    }
    assertThat(refused).as("seed " + seed).isPositive();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anyBytesAreRefusedOrReadNeverMore(Sample sample) {
    long seed = 15;
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      // The good beginning of some leads deeper into the reader.
      int good = random.nextInt(sample.file.length);
      byte[] bad = Arrays.copyOf(sample.file, good + random.nextInt(100));
      for (int b = good; b < bad.length; b++) {
        bad[b] = (byte) random.nextInt();
      }
      refused += refusal(sample.format, bad, new EventBatch()) == null ? 0 : 1;
    }
    assertThat(refused).as("seed " + seed).isPositive();
  }

  /// Sets every 32 bits of a file to what lengths are feared for.
  @ParameterizedTest
  @MethodSource("samples")
  void noLengthMakesAReaderTakeMemory(Sample sample) {
    int[] lengths = {Integer.MIN_VALUE, Integer.MAX_VALUE};
    var reader = new EventBatch();
    for (int at = 0; at + 4 <= sample.file.length; at++) {
      for (int length : lengths) {
        byte[] bad = sample.file.clone();
        for (int b = 0; b < 4; b++) {
          bad[at + b] = (byte) (length >>> (8 * b));
        }
        Runnable read =
            () -> {
              reader.clear();
              refusal(sample.format, bad, reader);
            };
        long taken = Allocation.bytesOfOne(read);
        if (taken >= MOST_TAKEN) {
          // The first time may be that of classes that are loaded.
          taken = Allocation.bytesOfOne(read);
        }
        assertThat(taken).as("%08x at %d", length, at).isLessThan(MOST_TAKEN);
      }
    }
  }

  @Test
  void aBombIsRefused() {
    byte[] zeros = new byte[(1 << 26) + 1];
    for (int compression : new int[] {Aedat4File.LZ4, Aedat4File.ZSTD}) {
      byte[] file = aedat4(compression).packet(0, zeros).bytes();
      assertThat(refusal(new Aedat4Format(), file, new EventBatch()))
          .containsAnyOf("more than 67108864 bytes", "at least 67108865 bytes")
          .contains("(expected: <= 67108864)");
    }
  }

  @Test
  void whatIsReadBeforeTheFaultIsThere() {
    byte[] file = Batches.write(PixelFormat.N_MNIST, EventHeader.of(SENSOR), EVENTS);
    var events = new EventBatch();
    assertThat(refusal(PixelFormat.N_MNIST, Arrays.copyOf(file, file.length - 1), events))
        .isEqualTo("file: byte 55: event: bytes: 4 (expected: 5; the file is truncated)");
    assertThat(events.size()).isEqualTo(11);
  }
}
