package engram.cli.client;

import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Interruption;
import engram.client.EventStream;
import engram.client.Overflow;
import engram.client.RemoteChip;
import engram.client.RunOptions;
import engram.client.SubscribeOptions;
import engram.events.EventBatch;
import engram.events.EventFormat;
import engram.events.EventFormats;
import engram.events.EventHeader;
import engram.events.EventUnit;
import engram.events.EventWriter;
import engram.events.Timesteps;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client record`: what neurons emit, into a file.
@Command(
    name = "record",
    mixinStandardHelpOptions = true,
    description =
        "Run timesteps and write the events of a stream to a file, whole or not at all. A chip that"
            + " runs already, or is watched, is not run but listened to.",
    footer = {"", "Files: .eev, .csv; .bin and .bs2 with --sensor and --step-us."})
final class RecordCommand implements Callable<Integer> {
  /// Batches wait for events of so many steps, so that quiet streams need few messages.
  private static final int BATCH_STEPS = 100;

  private static final int BATCH_EVENTS = 1 << 14;
  private static final Duration PAUSE = Duration.ofMillis(100);

  @Parameters(
      index = "0",
      paramLabel = "POPULATION[.STREAM]",
      description = "What to record. Stream: the population's only one, or spike.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "Events; the extension says how.")
  private Path file;

  @Option(
      names = "--steps",
      required = true,
      paramLabel = "N",
      description = "Timesteps to record.")
  private long steps;

  @Option(
      names = "--step-us",
      paramLabel = "N",
      description = "Write times in microseconds, so many a timestep. Default: write timesteps.")
  private Long stepMicros;

  @Option(
      names = "--load",
      paramLabel = "FILE",
      description =
          "Load this network or image first; without a chip, one is leased for the time of the"
              + " command.")
  private Path load;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      description = "With --load and no chip: the kind to lease. Default: engram-1.")
  private String preset = "engram-1";

  @Mixin private SensorOption sensor = new SensorOption();
  @Mixin private SeenChip chip = new SeenChip();

  /// First step that is recorded.
  private long first;

  /// Step behind the last one that is recorded.
  private long end = Long.MAX_VALUE;

  private long recorded;

  /// Events that found no room.
  private long lost;

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw CommandException.usage("--steps: " + steps + " (expected: at least 1)");
    }
    if (stepMicros != null && stepMicros < 1) {
      throw CommandException.usage("--step-us: " + stepMicros + " (expected: at least 1)");
    }
    if (load != null && chip.isWatched()) {
      throw CommandException.usage("--load: beside --lease (expected: a chip of your own)");
    }
    var format = EventFormats.ofFile(file.toString());
    AtomicFile.requireWritable("FILE", file);
    var firmware = load == null ? null : FirmwareFile.read(load);
    var running = new Running();
    try (var interruption = new Interruption(running::stop);
        var held = firmware == null ? chip.take() : chip.takeOrLease(preset)) {
      if (firmware != null) {
        FirmwareFile.remark(firmware.load(held.chip(), false));
      }
      record(held.chip(), format, running, interruption);
      return interruption.wished() ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }
  }

  private void record(RemoteChip of, EventFormat format, Running running, Interruption interruption)
      throws IOException {
    var holds = Loaded.chip(of);
    var stream = StreamName.parse(name);
    stream.requireIn(holds);
    var options =
        SubscribeOptions.of(stream.population(), stream.stream())
            .withBatches(BATCH_EVENTS, BATCH_STEPS);
    boolean listens = chip.isWatched() || holds.getRunning();
    AtomicFile.write(
        file,
        out -> {
          try (var writer = format.writer(new Unclosed(out), header())) {
            if (listens) {
              listen(of, options, writer, interruption);
            } else {
              run(of, options.withOverflow(Overflow.BLOCK), writer, running, interruption);
            }
          }
        });
    System.out.printf("%s: %d events of %s%n", file, recorded, stream);
    if (lost > 0) {
      throw CommandException.failed(
          "%s: %d events are missing: they came faster than they could be sent"
              .formatted(file, lost));
    }
  }

  private EventHeader header() {
    return new EventHeader(
        stepMicros == null ? EventUnit.TIMESTEPS : EventUnit.MICROSECONDS, sensor.sensor());
  }

  /// Runs the chip, which waits for the file where that is slower.
  private void run(
      RemoteChip of,
      SubscribeOptions options,
      EventWriter writer,
      Running running,
      Interruption interruption)
      throws IOException {
    try (var stream = of.subscribe(options)) {
      running.start(of, RunOptions.steps(steps)).whenComplete((_, _) -> stream.cancel());
      try {
        for (var batch : stream) {
          write(batch, writer);
        }
      } catch (IOException | RuntimeException e) {
        running.stop();
        throw e;
      }
      var result = running.await(of);
      // Fails if another command has taken the chip, and with it the stream, meanwhile.
      of.describe();
      if (!interruption.wished() && result.steps() < steps) {
        throw CommandException.failed(
            "the run was ended by somebody else after %d of %d steps"
                .formatted(result.steps(), steps));
      }
    }
  }

  /// Listens to a chip that somebody else runs.
  private void listen(
      RemoteChip of, SubscribeOptions options, EventWriter writer, Interruption interruption)
      throws IOException {
    try (var stream = of.subscribe(options)) {
      first = of.describe().getStep();
      end = first + steps;
      boolean over = false;
      while (!over && !interruption.wished()) {
        var batch = stream.next(PAUSE);
        if (batch.isPresent()) {
          write(batch.get(), writer);
          over = batch.get().step() >= end;
        } else {
          over = stream.isOver() || of.describe().getStep() >= end;
        }
      }
      drain(stream, writer);
      lost = stream.lost();
    }
  }

  private void drain(EventStream stream, EventWriter writer) throws IOException {
    stream.cancel();
    for (var batch : stream) {
      write(batch, writer);
    }
  }

  private void write(engram.client.EventBatch from, EventWriter writer) throws IOException {
    var events = new EventBatch(from.size() + 1);
    var time = stepMicros == null ? null : Timesteps.of(stepMicros);
    // The first batch says whether a text file has a column of payloads: a graded event ahead of
    // the others, which is not written, sees to it whatever the stream carries later.
    events.add(0, 0, recorded == 0 ? 0 : 1);
    for (int i = 0; i < from.size(); i++) {
      long step = from.steps()[i];
      if (step >= first && step < end) {
        events.add(time == null ? step : time.start(step), from.neurons()[i], from.payloads()[i]);
      }
    }
    if (events.size() > 1) {
      writer.write(events, 1, events.size());
    }
    recorded += events.size() - 1;
  }

  /// A file that its writer leaves open: whoever opened it has still to make it safe.
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
