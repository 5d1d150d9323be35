package engram.server;

import engram.chip.Chip;
import engram.chip.StreamReader;
import engram.chip.preset.Counter;
import engram.protocol.v1.Code;
import engram.protocol.v1.Response;
import engram.protocol.v1.RunEnd;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.RunResponse;
import java.util.function.BooleanSupplier;

/// A run of timesteps, as fast as can be or paced by the wall clock.
final class RunJob implements Job {
  /// A paced run that is later than this starts its clock anew.
  private static final long MOST_LATENESS_NANOS = 100_000_000;

  private final Call call;
  private final ChipRunner runner;
  private final Chip chip;
  private final long lastStep;
  private final long mostStep;
  private final BooleanSupplier condition;
  private final long stepNanos;
  private final long first;
  private final long lateBefore;
  private final long coalescedBefore;
  private final long lostBefore;
  private final long droppedBefore;
  private final long start = System.nanoTime();
  private long due = start;
  private long missed;
  private long worst;
  private RunEnd end = RunEnd.RUN_END_DONE;

  RunJob(Call call, RunRequest request, ChipRunner runner) {
    this.call = call;
    this.runner = runner;
    chip = runner.restingChip();
    first = chip.timestep();
    lastStep = lastStep(request);
    mostStep = request.getMostSteps() == 0 ? Long.MAX_VALUE : sum(first, request.getMostSteps());
    condition = condition(request);
    stepNanos = (request.getStepUs() & 0xFFFF_FFFFL) * 1000;
    if (stepNanos > 0) {
      runner.tally().paced();
    }
    lateBefore = runner.pending().late();
    coalescedBefore = runner.pending().coalesced();
    lostBefore = chip.count(Counter.EVENTS_LOST);
    droppedBefore = chip.count(Counter.EVENTS_DROPPED);
  }

  private static long sum(long step, long more) {
    return more < 0 || step + more < 0 ? Long.MAX_VALUE : step + more;
  }

  private long lastStep(RunRequest request) {
    return switch (request.getUntilCase()) {
      case STEPS -> sum(first, request.getSteps());
      case STEP -> {
        if (request.getStep() < 0) {
          yield Long.MAX_VALUE;
        }
        if (request.getStep() < first) {
          throw CallException.of(
              Code.CODE_OUT_OF_RANGE,
              "step: %d (expected: at least %d, the step that comes next)",
              request.getStep(),
              first);
        }
        yield request.getStep();
      }
      case EVENTS, REGISTER, UNTIL_NOT_SET -> Long.MAX_VALUE;
    };
  }

  private BooleanSupplier condition(RunRequest request) {
    return switch (request.getUntilCase()) {
      case EVENTS -> {
        var events = request.getEvents();
        String name = Readings.stream(chip, events.getPopulation(), events.getStream());
        yield new EventCount(
            chip.stream(events.getPopulation(), name), Readings.atLeastOne(events.getCount()));
      }
      case REGISTER -> {
        String name = request.getRegister().getName();
        int value = request.getRegister().getValue();
        chip.register(name, 0);
        yield () -> chip.register(name, 0) == value;
      }
      case STEPS, STEP, UNTIL_NOT_SET -> () -> false;
    };
  }

  /// True once a stream has carried enough events.
  private static final class EventCount implements BooleanSupplier {
    private final StreamReader stream;
    private long left;

    EventCount(StreamReader stream, long count) {
      this.stream = stream;
      left = count;
    }

    @Override
    public boolean getAsBoolean() {
      left -= stream.count();
      return left <= 0;
    }
  }

  @Override
  public boolean isReady() {
    return runner.tapsAreReady();
  }

  @Override
  public long waitNanos() {
    return stepNanos == 0 ? 0 : due - System.nanoTime();
  }

  @Override
  public int stepUs() {
    return (int) (stepNanos / 1000);
  }

  @Override
  public boolean advance() {
    if (chip.timestep() >= lastStep) {
      return true;
    }
    if (chip.timestep() >= mostStep) {
      end = RunEnd.RUN_END_MOST_STEPS;
      return true;
    }
    long began = stepNanos > 0 ? System.nanoTime() : 0;
    if (stepNanos > 0) {
      tick(began - due);
    }
    runner.advanceChip();
    if (stepNanos > 0) {
      runner.tally().took(System.nanoTime() - began);
    }
    runner.rest(0);
    return condition.getAsBoolean() || chip.timestep() >= lastStep;
  }

  @Override
  public void finish() {
    answer(end);
  }

  private void tick(long lateness) {
    worst = Math.max(worst, lateness);
    runner.metrics().late(lateness);
    runner.tally().began(lateness, lateness > stepNanos);
    if (lateness > stepNanos) {
      missed++;
      runner.metrics().missedDeadline();
    }
    due = lateness > MOST_LATENESS_NANOS ? due + lateness + stepNanos : due + stepNanos;
  }

  private void answer(RunEnd end) {
    runner.flushTaps();
    call.answer(
        Response.newBuilder()
            .setRun(
                RunResponse.newBuilder()
                    .setEnd(end)
                    .setSteps(chip.timestep() - first)
                    .setStep(chip.timestep())
                    .setMissedDeadlines(missed)
                    .setWorstLatenessUs(worst / 1000)
                    .setLateEvents(runner.pending().late() - lateBefore)
                    .setCoalescedEvents(runner.pending().coalesced() - coalescedBefore)
                    .setLostEvents(chip.count(Counter.EVENTS_LOST) - lostBefore)
                    .setDroppedEvents(chip.count(Counter.EVENTS_DROPPED) - droppedBefore)
                    .setSeconds((System.nanoTime() - start) * 1e-9)));
  }

  @Override
  public void end(Code why) {
    switch (why) {
      case CODE_CANCELLED -> answer(RunEnd.RUN_END_CANCELLED);
      case CODE_ABORTED -> answer(RunEnd.RUN_END_RELEASED);
      default -> call.fail(Call.ended(why));
    }
  }

  @Override
  public void fail(Throwable failure) {
    call.fail(failure);
  }
}
