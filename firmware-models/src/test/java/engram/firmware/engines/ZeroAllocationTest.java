package engram.firmware.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.SamplePlayer;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.PacketLoss;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.data.LabelledImages;
import engram.firmware.data.TestData;
import engram.firmware.mapper.Mapper;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A chip that trains allocates nothing, on no thread, once the JIT compiler is through with it.
final class ZeroAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Timesteps of an image, images of a window.
  private static final int STEPS = 16;

  private static final int IMAGES = 60;

  /// Windows without allocation that are asked for, one behind the other. Code that the JIT
  /// compiler throws away and makes anew allocates a little in between.
  private static final int QUIET = 3;

  /// Windows in which that must be reached, where the compiler gets this long at least: on a busy
  /// machine its threads wait while the windows go by.
  private static final int MOST = 120;

  private static final long COMPILING = TimeUnit.MINUTES.toNanos(3);

  private static final LabelledImages DIGITS = TestData.mnistTraining().first(IMAGES);

  static Stream<Arguments> ways() {
    return Stream.of(new Interpreter(), new CompiledEngine())
        .flatMap(
            engine -> Stream.of(1, 2).map(threads -> Arguments.of(engine.name(), engine, threads)));
  }

  @ParameterizedTest(name = "{0} engine, {2} threads")
  @MethodSource("ways")
  void aStepAllocatesNothing(String name, Engine engine, int threads) {
    allocatesNothing(engine, threads, List.of());
  }

  /// Events get lost all the time, one of the hidden cores is dead, another one misses more.
  @ParameterizedTest(name = "{0} engine, {2} threads")
  @MethodSource("ways")
  void norWithFaults(String name, Engine engine, int threads) {
    allocatesNothing(
        engine,
        threads,
        List.of(
            PacketLoss.everywhere(0.05, 1, 0, Fault.FOREVER),
            new PacketLoss(PacketLoss.units(0.1), 2, PacketLoss.ANY, 1, 0, Fault.FOREVER),
            new DeadCore(2, 0, Fault.FOREVER)));
  }

  private static void allocatesNothing(Engine engine, int threads, List<Fault> faults) {
    var preset = Presets.named("engram-1");
    var network = SsnnNetwork.of(SsnnSettings.defaults().withHiddenCores(4));
    var image = Mapper.map(network, preset.spec(), Firmware.library()).image();
    var options = new ChipOptions(engine, threads, NocFidelity.ANALYTIC, false).alwaysShared();
    try (var chip = Chip.load(preset, image, options)) {
      chip.inject(faults);
      var training = new Training(chip, threads);
      int quiet = 0;
      var bytes = new StringBuilder();
      long start = System.nanoTime();
      int window = 0;
      while (quiet < QUIET && (window < MOST || System.nanoTime() - start < COMPILING)) {
        window++;
        long allocated = training.window();
        bytes.append(allocated).append(' ');
        quiet = allocated == 0 ? quiet + 1 : 0;
      }
      System.out.printf(
          "%s engine, %d threads, %d faults: bytes a window: %s%n",
          engine.name(), threads, faults.size(), bytes);
      assertThat(quiet)
          .as("bytes of windows of %d steps: %s", IMAGES * STEPS, bytes)
          .isEqualTo(QUIET);
      assertThat(chip.count(Counter.LEARNING_OPERATIONS)).isPositive();
      for (var counter : List.of(Counter.EVENTS_LOST, Counter.EVENTS_DROPPED)) {
        assertThat(chip.count(counter) > 0).isEqualTo(!faults.isEmpty());
      }
    }
  }

  /// Trains on the same images again and again.
  private static final class Training {
    private final SamplePlayer player;
    private final int[][] pixels = new int[IMAGES][DIGITS.size()];
    private final long[] workers;
    private int presented;

    Training(Chip chip, int threads) {
      player = new SamplePlayer(chip, (_, _) -> {});
      for (int i = 0; i < IMAGES; i++) {
        DIGITS.pixels(i, pixels[i]);
      }
      workers =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("engram-core-"))
              .mapToLong(Thread::threadId)
              .toArray();
      assertThat(workers).hasSizeGreaterThanOrEqualTo(threads - 1);
    }

    /// Bytes that all threads together allocate in a window.
    long window() {
      long before = allocated();
      for (int i = 0; i < IMAGES; i++) {
        player.present(pixels[i], DIGITS.label(i), true, presented++, i, STEPS);
      }
      return allocated() - before;
    }

    private long allocated() {
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      for (long worker : workers) {
        bytes += Math.max(0, THREADS.getThreadAllocatedBytes(worker));
      }
      return bytes;
    }
  }
}
