package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class UnsentTest {
  private final Unsent unsent = new Unsent(100);

  @Test
  void thereIsRoomBelowTheLimit() {
    unsent.add(99);
    unsent.awaitRoom(Duration.ZERO);
    assertThatCode(unsent::requireRoom).doesNotThrowAnyException();
  }

  @Test
  void atTheLimitItRefusesWhoWillNotWait() {
    unsent.add(100);
    assertThat(Failures.of(unsent::requireRoom))
        .hasMessage("unsent bytes: 100 (expected: fewer than 100)")
        .returns(Code.RESOURCE_EXHAUSTED, EngramException::code);
  }

  @Test
  void aWaitEndsWithTheDeadline() {
    unsent.add(100);
    assertThat(Failures.of(() -> unsent.awaitRoom(Duration.ofMillis(1))).code())
        .isEqualTo(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aWaitEndsWhenBytesAreSent() {
    unsent.add(150);
    var done = new CompletableFuture<Void>();
    var waiting =
        new Thread(() -> {
          unsent.awaitRoom(Duration.ZERO);
          done.complete(null);
        });
    waiting.start();
    Waiting.await(waiting);
    unsent.remove(50);
    Waiting.await(waiting);
    unsent.remove(1);
    Failures.soon(done);
  }

  @Test
  void aWaitEndsWithTheConnection() {
    unsent.add(100);
    var waiting = CompletableFuture.runAsync(() -> unsent.awaitRoom(Duration.ZERO));
    unsent.close(new EngramException(Code.UNAVAILABLE, "gone"));
    assertThat(Failures.of(waiting)).hasMessage("gone");
  }
}
