package engram.client;

import engram.protocol.v1.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// An open request with one answer. Cancelling it cancels the request on the server.
class Call<T> extends CompletableFuture<T> implements Receiver {
  private final Link link;
  private final long id;
  private final Response.ResultCase expected;
  private final Function<Response, T> answer;

  Call(Link link, Response.ResultCase expected, Function<Response, T> answer) {
    this.link = link;
    this.id = link.nextId();
    this.expected = expected;
    this.answer = answer;
  }

  final long id() {
    return id;
  }

  final Link link() {
    return link;
  }

  /// A response that others follow.
  void progress(Response response) {}

  /// An answer that came after the call was given up.
  void unwanted(T late) {}

  @Override
  public final void receive(Response response) {
    if (response.getResultCase() != expected) {
      completeExceptionally(
          new EngramException(
              Code.INTERNAL,
              "response: %s (expected: %s)".formatted(response.getResultCase(), expected)));
      return;
    }
    if (response.getMore()) {
      progress(response);
      return;
    }
    T value;
    try {
      value = answer.apply(response);
    } catch (IllegalArgumentException e) {
      completeExceptionally(new EngramException(Code.INTERNAL, "response: " + e.getMessage(), e));
      return;
    }
    if (!complete(value)) {
      unwanted(value);
    }
  }

  @Override
  public final void fail(EngramException failure) {
    completeExceptionally(failure);
  }

  @Override
  public final boolean cancel(boolean mayInterrupt) {
    boolean done = super.cancel(mayInterrupt);
    if (done) {
      link.cancel(id);
    }
    return done;
  }

  /// Waits for the answer.
  final T await() {
    return await(link, this);
  }

  /// Waits for something that calls of a link bring.
  static <T> T await(Link link, CompletableFuture<T> coming) {
    link.requireOtherThread();
    try {
      return coming.get();
    } catch (InterruptedException e) {
      coming.cancel(true);
      throw Interrupted.of(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngramException failure) {
        throw failure.here();
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
