package engram.server;

import engram.chip.Chip;
import engram.protocol.v1.Code;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The thread that owns a chip. It takes commands in their order, and between two steps of a job.
/// Nothing else touches the chip, its streams or its waiting events.
final class ChipRunner {
  private static final Logger LOG = System.getLogger(ChipRunner.class.getName());

  /// Time before a paced step that the thread waits awake: parking wakes up late by about as much.
  private static final long AWAKE_NANOS = 80_000;

  /// Commands that are taken in a row while a job could go on.
  private static final int MOST_IN_A_ROW = 64;

  /// What a client asks of the chip.
  @FunctionalInterface
  interface Command {
    void run() throws Exception;
  }

  private static final Runnable WAKE = () -> {};

  private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
  private final AtomicBoolean waking = new AtomicBoolean();
  private final Thread thread;
  private final Metrics metrics;
  private final List<Tap> taps = new ArrayList<>();
  private final PendingEvents pending = new PendingEvents();
  private Chip chip;
  private Job job;
  private Checkpoint checkpoint = Checkpoint.NONE;

  private volatile boolean ended;
  private volatile String network = "";
  private volatile long step;
  private volatile boolean running;

  ChipRunner(String name, Metrics metrics) {
    this.metrics = metrics;
    thread = Thread.ofPlatform().name(name).daemon().start(this::loop);
  }

  // Any thread.

  /// Lets the chip's thread run a command for a call; what it throws is what the client is told.
  void submit(Call call, Command command) {
    post(() -> {
      if (call.isClosed()) {
        return;
      }
      try {
        command.run();
      } catch (Exception | OutOfMemoryError e) {
        call.fail(e);
      }
    });
    if (ended) {
      call.fail(gone());
    }
  }

  /// Lets the chip's thread run something that does not fail.
  void post(Runnable command) {
    commands.add(command);
  }

  /// Makes the chip's thread look again whether its job is ready.
  void wake() {
    if (!waking.getAndSet(true)) {
      commands.add(WAKE);
    }
  }

  /// Ends the job, the streams and the thread.
  void close(String reason) {
    post(() -> {
      endJob(Code.CODE_ABORTED);
      taps.forEach(tap -> tap.end(new CallException(Code.CODE_ABORTED, reason)));
      taps.clear();
      unload();
      ended = true;
    });
  }

  /// Waits for the thread to end.
  void join(long milliseconds) throws InterruptedException {
    thread.join(milliseconds);
  }

  String network() {
    return network;
  }

  long step() {
    return step;
  }

  boolean isRunning() {
    return running;
  }

  private static CallException gone() {
    return new CallException(Code.CODE_ABORTED, "the lease of the chip has ended: lease another");
  }

  // The chip's thread.

  private void loop() {
    while (!ended) {
      try {
        turn();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended = true;
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "chip thread", e);
      }
    }
    for (Runnable left = commands.poll(); left != null; left = commands.poll()) {
      try {
        left.run();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "chip thread", e);
      }
    }
  }

  private void turn() throws InterruptedException {
    if (job == null || !job.isReady()) {
      run(commands.take());
      return;
    }
    long wait = job.waitNanos();
    var command =
        wait > AWAKE_NANOS
            ? commands.poll(wait - AWAKE_NANOS, TimeUnit.NANOSECONDS)
            : commands.poll();
    for (int i = 0; command != null && i < MOST_IN_A_ROW; i++) {
      run(command);
      command = i < MOST_IN_A_ROW - 1 ? commands.poll() : null;
    }
    if (job != null && job.isReady() && job.waitNanos() <= 0) {
      advance();
    } else {
      Thread.onSpinWait();
    }
  }

  private void run(Runnable command) {
    if (command == WAKE) {
      waking.set(false);
    }
    command.run();
  }

  private void advance() {
    try {
      if (job.advance()) {
        done();
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      var failed = job;
      done();
      failed.fail(e);
    }
  }

  private void done() {
    job = null;
    running = false;
    flushTaps();
  }

  /// Lets streams send what they hold back. A job does so before it tells its end, so that a client
  /// that knows of the end has all of its events.
  void flushTaps() {
    taps.forEach(Tap::flush);
  }

  /// The chip, for a command that needs one.
  Chip chip() {
    if (ended) {
      throw gone();
    }
    if (chip == null) {
      throw new CallException(
          Code.CODE_FAILED_PRECONDITION, "nothing is loaded: load an image or a network first");
    }
    return chip;
  }

  boolean isLoaded() {
    return chip != null;
  }

  /// The chip, for a command that can't be served in the middle of a job.
  Chip restingChip() {
    requireRest();
    return chip();
  }

  void requireRest() {
    if (ended) {
      throw gone();
    }
    if (job != null) {
      throw new CallException(
          Code.CODE_FAILED_PRECONDITION, "a run is on its way: cancel it, or wait for its end");
    }
  }

  PendingEvents pending() {
    return pending;
  }

  Metrics metrics() {
    return metrics;
  }

  /// Takes a chip in place of the one that was there. Streams of the old one end.
  void load(Chip loaded) {
    taps.forEach(tap ->
        tap.end(new CallException(Code.CODE_ABORTED, "another network was loaded into the chip")));
    taps.clear();
    unload();
    chip = loaded;
    network = loaded.image().network();
    step = loaded.timestep();
  }

  private void unload() {
    pending.clear();
    if (chip != null) {
      chip.close();
      chip = null;
    }
    network = "";
  }

  /// Forgets all activity.
  void reset() {
    restingChip().reset();
    pending.clear();
    step = 0;
  }

  void start(Job next) {
    requireRest();
    job = next;
    running = true;
  }

  /// Ends a job early, if it is the one on its way.
  void end(Job which, Code why) {
    if (job == which) {
      endJob(why);
    }
  }

  /// Ends whatever job is on its way.
  void endJob(Code why) {
    if (job != null) {
      var ending = job;
      done();
      ending.end(why);
    }
  }

  void add(Tap tap) {
    taps.add(tap);
  }

  void remove(Tap tap) {
    taps.remove(tap);
  }

  /// Ends the streams of a client that is gone.
  void removeTapsOf(Session session) {
    taps.removeIf(tap -> tap.call().session() == session);
  }

  /// True if no stream makes the chip wait.
  boolean tapsAreReady() {
    for (int i = 0; i < taps.size(); i++) {
      if (taps.get(i).blocks()) {
        return false;
      }
    }
    return true;
  }

  /// Saves the chip from now on, as often as `checkpoint` says.
  void keep(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /// To be called by jobs where the chip can be saved.
  void rest(long samples) {
    checkpoint.rest(chip, samples);
  }

  /// Runs one timestep: events that are due, the step, streams.
  void advanceChip() {
    pending.inject(chip.timestep());
    chip.step();
    step = chip.timestep();
    metrics.stepped();
    for (int i = 0; i < taps.size(); i++) {
      if (!taps.get(i).stepped(chip)) {
        taps.remove(i--);
      }
    }
  }
}
