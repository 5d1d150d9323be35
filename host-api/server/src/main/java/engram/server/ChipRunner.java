package engram.server;

import engram.chip.Chip;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.Code;
import engram.protocol.v1.Response;
import engram.protocol.v1.StopResponse;
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
  private final Tally tally = new Tally();

  /// Calls that wait for the chip to rest.
  private final List<Call> stops = new ArrayList<>();

  private Chip chip;
  private Job job;
  private Checkpoint checkpoint = Checkpoint.NONE;
  private FaultCounts faultCounts;

  private volatile boolean ended;

  /// The thread is through: nothing is taken any more.
  private volatile boolean over;

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
    call.hold();
    boolean taken =
        post(() -> {
          try {
            if (ended) {
              throw gone();
            }
            if (!call.isClosed()) {
              command.run();
            }
          } catch (Exception | Error e) {
            call.fail(e);
          } finally {
            call.release();
          }
        });
    if (!taken) {
      call.fail(gone());
      call.release();
    }
  }

  /// Lets the chip's thread run something that does not fail; false if the thread has ended.
  boolean post(Runnable command) {
    if (over) {
      return false;
    }
    commands.add(command);
    if (over) {
      drain();
    }
    return true;
  }

  /// Number of commands that wait.
  int waiting() {
    return commands.size();
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
      try {
        endJob(Code.CODE_ABORTED);
        endTaps(new CallException(Code.CODE_ABORTED, reason));
        unload();
      } finally {
        ended = true;
      }
    });
  }

  /// True if the thread has ended.
  boolean isOver() {
    return over;
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
    drain();
    over = true;
    drain();
  }

  /// Runs what is left for a chip that is gone, so that every call gets an answer.
  private synchronized void drain() {
    for (Runnable left = commands.poll(); left != null; left = commands.poll()) {
      try {
        left.run();
      } catch (RuntimeException | Error e) {
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
    // Even if somebody asks all the time the job goes on; if nobody does, it goes on alone.
    while (job != null && job.isReady() && job.waitNanos() <= 0) {
      advance();
      if (!commands.isEmpty()) {
        return;
      }
    }
    Thread.onSpinWait();
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
        var finished = job;
        done();
        finished.finish();
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    var failed = job;
    done();
    if (failed != null) {
      failed.fail(failure);
    } else {
      LOG.log(Level.ERROR, "chip thread", failure);
    }
  }

  private void done() {
    job = null;
    running = false;
    flushTaps();
    tellStops();
  }

  /// Tells that the chip rests, behind what the job has to tell of its own end.
  private void tellStops() {
    if (!stops.isEmpty()) {
      var told = List.copyOf(stops);
      stops.clear();
      long at = step;
      post(() -> told.forEach(call -> call.answer(stopped(true, at))));
    }
  }

  private static Response.Builder stopped(boolean found, long step) {
    return Response.newBuilder().setStop(StopResponse.newBuilder().setFound(found).setStep(step));
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

  Tally tally() {
    return tally;
  }

  /// How the chip is doing.
  ///
  /// @param driver the connection that drives it; null: none
  ActivityResponse activity(Session driver) {
    var activity =
        ActivityResponse.newBuilder()
            .setStep(step)
            .setRunning(job != null)
            .setWaits(job != null && !job.isReady())
            .setPace(tally.pace(job == null ? 0 : job.stepUs()))
            .setWaitingEvents(pending.waiting())
            .setLateEvents(pending.late())
            .setDroppedEvents(pending.dropped())
            .setCoalescedEvents(pending.coalesced())
            .setLost(tally.lost());
    taps.forEach(tap -> activity.addStreams(tap.activity(chip, driver)));
    return activity.build();
  }

  Metrics metrics() {
    return metrics;
  }

  /// Takes a chip in place of the one that was there. Streams of the old one end.
  void load(Chip loaded) {
    endTaps(new CallException(Code.CODE_ABORTED, "another network was loaded into the chip"));
    unload();
    chip = loaded;
    faultCounts = new FaultCounts(metrics);
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
    if (job == null || job.endsLater(why)) {
      return;
    }
    var ending = job;
    done();
    try {
      ending.end(why);
    } catch (RuntimeException | Error e) {
      ending.fail(e);
    }
  }

  /// Ends whatever job is on its way for a call, which is answered when the chip rests.
  void stop(Call call) {
    if (job == null) {
      call.answer(stopped(false, step));
      return;
    }
    stops.removeIf(Call::isClosed);
    stops.add(call);
    endJob(Code.CODE_CANCELLED);
  }

  void add(Tap tap) {
    tap.countIn(tally);
    taps.add(tap);
  }

  void remove(Tap tap) {
    taps.remove(tap);
  }

  boolean has(Tap tap) {
    return taps.contains(tap);
  }

  /// Number of UDP sockets of the chip.
  long gateways() {
    return taps.stream().filter(UdpGateway.class::isInstance).count();
  }

  /// Ends the streams of a client that is gone, or has lost the lease.
  void endTapsOf(Session session, String reason) {
    var lost = taps.stream().filter(tap -> tap.call().session() == session).toList();
    taps.removeAll(lost);
    lost.forEach(tap -> end(tap, new CallException(Code.CODE_ABORTED, reason)));
  }

  /// Ends the streams of a client that watches the chip no more.
  ///
  /// @param chip number by which the client has watched it
  void endTapsOf(Session session, int chip) {
    var left =
        taps.stream()
            .filter(tap -> tap.call().session() == session)
            .filter(tap -> tap.call().request().getChip() == chip)
            .toList();
    taps.removeAll(left);
    left.forEach(tap -> end(tap, new CallException(Code.CODE_CANCELLED, "the watch has ended")));
  }

  private void endTaps(CallException why) {
    var all = List.copyOf(taps);
    taps.clear();
    all.forEach(tap -> end(tap, why));
  }

  private static void end(Tap tap, CallException why) {
    try {
      tap.end(why);
    } catch (RuntimeException | Error e) {
      tap.call().fail(e);
    }
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
    if (chip.hasFaults()) {
      countFaults();
    }
    for (int i = 0; i < taps.size(); i++) {
      if (!stepped(taps.get(i))) {
        taps.remove(i--);
      }
    }
  }

  /// Tells the metrics what faults have done; to be called while the chip still has them.
  void countFaults() {
    faultCounts.update(chip);
  }

  /// What fails in a stream is the stream's own affair: neither the run nor other streams end.
  private boolean stepped(Tap tap) {
    try {
      return tap.stepped(chip);
    } catch (RuntimeException | Error e) {
      tap.call().fail(e);
      return false;
    }
  }
}
