package engram.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.SamplePlayer;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.cli.common.CommandException;
import engram.cli.common.TemporaryFolder;
import engram.firmware.Firmware;
import engram.firmware.data.Idx;
import engram.firmware.data.LabelledImages;
import engram.firmware.mapper.Mapper;
import engram.firmware.recipe.SampleOrder;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.image.ChipImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Training in the chip against the same rule as a plain loop in C, which has no cores, no events,
/// no cycles. In turn, each trains the first epoch of a fresh network.
final class Yardstick {
  private static final List<Integer> HIDDEN = List.of(128, 512);

  /// What the loop prints after an epoch; by its own processor time.
  private static final Pattern SPEED = Pattern.compile("training +([0-9]+) +samples/s");

  private static final String ONE = "one thread";
  private static final String SEVERAL = "several threads";

  /// Cores of the larger network's hidden layer: threads share cores out, never parts of one.
  private static final int CORES = 4;

  private static final String LOOP = "C";
  private static final String LOOPS = "C several times";

  private final Path source;
  private final Path folder;
  private final Path compiler;
  private final Setting setting;
  private final LabelledImages images;

  private Yardstick(Path source, Path folder, Path compiler, Setting setting) throws IOException {
    this.source = source;
    this.folder = folder;
    this.compiler = compiler;
    this.setting = setting;
    images =
        LabelledImages.of(
            folder.toString(), idx("train-images-idx3-ubyte"), idx("train-labels-idx1-ubyte"));
  }

  /// @param source the loop, or null
  /// @param folder with the four unpacked files of MNIST
  /// @throws CommandException if something is missing
  static Yardstick of(Path source, Path folder, Setting setting) throws IOException {
    if (source == null) {
      throw CommandException.usage(
          "--yardstick needs --yardstick-source FILE.c, a loop in C that is not part of Engram;"
              + " docs/speed.md says what it has to do");
    }
    if (!Files.isRegularFile(source)) {
      throw CommandException.failed(source + ": no such file");
    }
    var compiler =
        CProgram.compiler()
            .orElseThrow(() ->
                CommandException.failed(
                    "the yardstick needs a C compiler: no gcc, cc, clang in PATH"));
    return new Yardstick(source, folder, compiler, setting);
  }

  private Idx idx(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Idx.read(in, file.toString());
    }
  }

  /// Compares, and adds a node for each network.
  void measure(ArrayNode into) throws IOException {
    try (var temporary = new TemporaryFolder("engram-yardstick")) {
      var program = CProgram.compile(compiler, source, temporary.path());
      for (int hidden : HIDDEN) {
        measure(hidden, program, into);
      }
    }
  }

  private void measure(int hidden, CProgram program, ArrayNode into) throws IOException {
    String name = "%d-%d-%d".formatted(images.size(), hidden, images.classes());
    System.err.printf("%-18s against C%n", name);
    boolean several = setting.threads() > 1 && hidden == HIDDEN.getLast();
    var epoch = new Epoch(hidden);
    var contenders = new ArrayList<Contender>();
    contenders.add(epoch.on(ONE, 1));
    contenders.add(new Loop(program, LOOP, hidden, 1));
    if (several) {
      contenders.add(epoch.on(SEVERAL, setting.threads()));
      contenders.add(new Loop(program, LOOPS, hidden, setting.threads()));
    }
    epoch.warmUp();
    var tallies = Contest.run(setting.rounds(), contenders);
    var one = tallies.get(0);
    var loop = tallies.get(1);
    var json =
        into.addObject()
            .put("network", name)
            .put("samples_per_second", one.perSecond(Lap::steps))
            .put("cpu_samples_per_second", one.perCpuSecond(Lap::steps))
            .put("c_cpu_samples_per_second", loop.perCpuSecond(Lap::steps))
            .put("ratio_to_c", one.ratioTo(loop, Lap::steps))
            .put("state_digest", epoch.digest);
    if (several) {
      double speedup = tallies.get(2).ratioTo(one, Lap::steps);
      double ceiling = tallies.get(3).ratioTo(loop, Lap::steps);
      json.put("threads", setting.threads())
          .put("thread_speedup", speedup)
          .put("c_process_speedup", ceiling)
          .put("share_of_ceiling", speedup / ceiling);
    }
  }

  /// A comparison for people.
  static String text(JsonNode y) {
    String text =
        "%s against C: %,.0f and %,.0f training samples/s by CPU time, x %.2f%n"
            .formatted(
                y.get("network").asText(),
                y.get("cpu_samples_per_second").asDouble(),
                y.get("c_cpu_samples_per_second").asDouble(),
                y.get("ratio_to_c").asDouble());
    return y.has("threads")
        ? text
            + "  %d threads against one: x %.2f; so many C processes against one: x %.2f; share %.2f%n"
                .formatted(
                    y.get("threads").asInt(),
                    y.get("thread_speedup").asDouble(),
                    y.get("c_process_speedup").asDouble(),
                    y.get("share_of_ceiling").asDouble())
        : text;
  }

  /// The first epoch, in the chip.
  private final class Epoch {
    /// Samples that warm up the virtual machine, at 128 hidden neurons.
    private static final int WARM_UP = 10_000;

    private final Preset preset = Presets.named("engram-1");
    private final SsnnSettings settings;
    private final ChipImage image;
    private final int[] order;
    private final int warmUp;

    /// One engine for all laps: the loop in C is compiled once as well.
    private final ChipOptions options = ChipTrial.compiled();

    private String digest;

    Epoch(int hidden) {
      var base = SsnnSettings.defaults();
      settings =
          new SsnnSettings(
              images.size(),
              List.of(hidden),
              images.classes(),
              base.steps(),
              base.weightBits(),
              base.fractionBits(),
              base.membrane(),
              base.initScale(),
              base.quietSteps(),
              base.seed(),
              hidden == HIDDEN.getLast() ? CORES : base.hiddenCores());
      image = Mapper.map(SsnnNetwork.of(settings), preset.spec(), Firmware.library()).image();
      order = SampleOrder.of(settings.seed(), 0, images.count());
      warmUp = Math.min(images.count(), WARM_UP * HIDDEN.getFirst() / hidden);
    }

    void warmUp() {
      try (var chip = chip(1)) {
        train(chip, warmUp);
      }
    }

    private Chip chip(int threads) {
      return Chip.load(preset, image, options.withThreads(threads));
    }

    private void train(Chip chip, int samples) {
      var player = new SamplePlayer(chip, (_, _) -> {});
      int[] pixels = new int[images.size()];
      for (int i = 0; i < samples; i++) {
        images.pixels(order[i], pixels);
        player.present(pixels, images.label(order[i]), true, i, i, settings.steps());
      }
      player.drain();
    }

    Contender on(String name, int threads) {
      return new Contender() {
        @Override
        public String name() {
          return name;
        }

        @Override
        public Lap lap() {
          try (var chip = chip(threads)) {
            var start = Clock.now();
            train(chip, order.length);
            double wall = start.wallSeconds();
            double cpu = threads == 1 ? start.cpuSeconds() : Double.NaN;
            requireSame(chip.stateDigest());
            return new Lap(order.length, 0, 0, wall, cpu);
          }
        }
      };
    }

    private void requireSame(String found) {
      if (digest != null && !digest.equals(found)) {
        throw new IllegalStateException(
            "state digest after an epoch: %s (expected: %s)".formatted(found, digest));
      }
      digest = found;
    }
  }

  /// The loop in C, in some processes at once.
  private final class Loop implements Contender {
    private final CProgram program;
    private final String name;
    private final int hidden;
    private final int processes;

    Loop(CProgram program, String name, int hidden, int processes) {
      this.program = program;
      this.name = name;
      this.hidden = hidden;
      this.processes = processes;
    }

    @Override
    public String name() {
      return name;
    }

    /// The whole of a process counts as wall time, with its loading and its test: the same in one
    /// process and in several.
    @Override
    public Lap lap() throws IOException {
      var start = Clock.now();
      var running = new ArrayList<Process>();
      for (int i = 0; i < processes; i++) {
        running.add(program.start(folder, hidden, SsnnSettings.defaults().steps(), 1));
      }
      double rate = 0;
      for (var process : running) {
        String said = CProgram.output(source.getFileName().toString(), process);
        var speed = SPEED.matcher(said);
        if (!speed.find()) {
          throw CommandException.failed(
              "%s: %s (expected: training N samples/s)".formatted(source, said.strip()));
        }
        rate = Double.parseDouble(speed.group(1));
      }
      double wall = start.wallSeconds();
      double cpu = processes == 1 ? images.count() / rate : Double.NaN;
      return new Lap((double) processes * images.count(), 0, 0, wall, cpu);
    }
  }
}
