package engram.client;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What tests ask of failures, and how long they wait for what must come.
final class Failures {
  private static final int PATIENCE_S = 240;

  private Failures() {}

  static EngramException of(ThrowingCallable call) {
    return assertThatExceptionOfType(EngramException.class).isThrownBy(call).actual();
  }

  /// The failure of a future.
  static EngramException of(Future<?> future) {
    var failed =
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> future.get(PATIENCE_S, TimeUnit.SECONDS))
            .actual();
    var cause = failed.getCause();
    return (EngramException) (cause instanceof CompletionException ? cause.getCause() : cause);
  }

  static <T> T soon(Future<T> future) {
    try {
      return future.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
