package engram.client;

import engram.protocol.v1.RunRequest;
import java.time.Duration;

/// How long to run, and how fast.
public final class RunOptions {
  private final RunRequest request;

  private RunOptions(RunRequest.Builder request) {
    this.request = request.build();
  }

  /// Runs some steps.
  public static RunOptions steps(long steps) {
    return new RunOptions(RunRequest.newBuilder().setSteps(steps));
  }

  /// Runs until this step comes next.
  public static RunOptions untilStep(long step) {
    return new RunOptions(RunRequest.newBuilder().setStep(step));
  }

  /// Runs until a stream has emitted so many events.
  public static RunOptions untilEvents(String population, String stream, long count) {
    return new RunOptions(
        RunRequest.newBuilder()
            .setEvents(
                RunRequest.Events.newBuilder()
                    .setPopulation(population)
                    .setStream(stream)
                    .setCount(count)));
  }

  /// Runs until a step leaves a global register with this value.
  public static RunOptions untilRegister(String name, int value) {
    return new RunOptions(
        RunRequest.newBuilder()
            .setRegister(RunRequest.Register.newBuilder().setName(name).setValue(value)));
  }

  /// Runs until it is stopped.
  public static RunOptions untilStopped() {
    return new RunOptions(RunRequest.newBuilder());
  }

  /// Ends the run after so many steps whatever happens.
  public RunOptions atMost(long steps) {
    return new RunOptions(request.toBuilder().setMostSteps(steps));
  }

  /// Paces the run: each step takes this time of the wall clock, whole microseconds.
  public RunOptions paced(Duration step) {
    return new RunOptions(request.toBuilder().setStepUs(Math.toIntExact(step.toNanos() / 1000)));
  }

  RunRequest request() {
    return request;
  }
}
