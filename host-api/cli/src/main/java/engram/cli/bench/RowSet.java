package engram.cli.bench;

import engram.cli.common.CommandException;
import engram.isa.exec.Engine;
import engram.isa.exec.Integrator;
import engram.isa.exec.Padding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Weights of a dense block, and the rows that get an event in each of some steps: a pass. Adding
/// them up is what integrators and a loop in C are compared by.
///
/// @param active rows of each step
record RowSet(SynapseLayout.Dense layout, SynapseColumn weights, int weightLimit, int[][] active) {
  private static final String SOURCE = "rows.c";

  /// Synaptic operations of a pass.
  long operations() {
    return Arrays.stream(active).mapToLong(rows -> (long) rows.length * layout.lanes()).sum();
  }

  /// The integrator of an engine at work on the rows.
  ///
  /// @param passes of a lap
  Kernel kernel(String name, Engine engine, int passes) {
    return new Kernel(name, engine.integrator(layout, weights, weightLimit), passes);
  }

  /// Something that adds up the rows.
  interface Adder extends Contender {
    /// The sum over all lanes of (lane + 1) * sum after a pass.
    long check() throws IOException;
  }

  /// Refuses to compare what does not come to the same sums.
  static void requireEqual(Adder one, Adder other) throws IOException {
    if (one.check() != other.check()) {
      throw new IllegalStateException(
          "%s and %s come to different sums: there is nothing to compare"
              .formatted(one.name(), other.name()));
    }
  }

  private Lap lap(int passes, double wall, double cpu) {
    return new Lap(passes * active.length, passes * operations(), 0, wall, cpu);
  }

  /// An integrator.
  final class Kernel implements Adder {
    private final String name;
    private final Integrator integrator;
    private final int passes;
    private final int[] sums = new int[Padding.lanes(layout.lanes())];

    private Kernel(String name, Integrator integrator, int passes) {
      this.name = name;
      this.integrator = integrator;
      this.passes = passes;
    }

    @Override
    public String name() {
      return name;
    }

    private void pass() {
      Arrays.fill(sums, 0);
      for (int[] rows : active) {
        integrator.addOnes(rows, rows.length, sums, 0);
      }
    }

    @Override
    public long check() {
      pass();
      long check = 0;
      for (int lane = 0; lane < layout.lanes(); lane++) {
        check += (lane + 1L) * sums[lane];
      }
      return check;
    }

    @Override
    public Lap lap() {
      var start = Clock.now();
      for (int i = 0; i < passes; i++) {
        pass();
      }
      double wall = start.wallSeconds();
      return RowSet.this.lap(passes, wall, start.cpuSeconds());
    }
  }

  /// The loop in C, compiled here.
  ///
  /// @param folder takes what it needs
  Loop loop(Path compiler, Path folder, int passes) throws IOException {
    Path source = folder.resolve(SOURCE);
    try (InputStream in = RowSet.class.getResourceAsStream(SOURCE)) {
      Files.write(source, in.readAllBytes());
    }
    Path rows = Files.write(folder.resolve("rows.bin"), bytes());
    return new Loop(CProgram.compile(compiler, source, folder), rows, passes);
  }

  private byte[] bytes() {
    int numbers = 3 + Arrays.stream(active).mapToInt(rows -> 1 + rows.length).sum();
    var bytes =
        ByteBuffer.allocate(Integer.BYTES * numbers + Short.BYTES * layout.places())
            .order(ByteOrder.nativeOrder());
    bytes.putInt(layout.rows()).putInt(layout.lanes()).putInt(active.length);
    for (int[] rows : active) {
      bytes.putInt(rows.length);
      Arrays.stream(rows).forEach(bytes::putInt);
    }
    for (int place = 0; place < layout.places(); place++) {
      bytes.putShort((short) weights.get(place));
    }
    return bytes.array();
  }

  /// The loop in C.
  final class Loop implements Adder {
    private final CProgram program;
    private final Path rows;
    private final int passes;

    private Loop(CProgram program, Path rows, int passes) {
      this.program = program;
      this.rows = rows;
      this.passes = passes;
    }

    @Override
    public String name() {
      return "C";
    }

    /// Check, wall seconds, seconds of processor time.
    private String[] words(int count) throws IOException {
      String[] words = program.run(rows, count).strip().split(" ", -1);
      if (words.length != 3) {
        throw CommandException.failed(SOURCE + ": " + String.join(" ", words));
      }
      return words;
    }

    @Override
    public long check() throws IOException {
      return Long.parseLong(words(1)[0]);
    }

    @Override
    public Lap lap() throws IOException {
      String[] words = words(passes);
      return RowSet.this.lap(passes, Double.parseDouble(words[1]), Double.parseDouble(words[2]));
    }
  }
}
