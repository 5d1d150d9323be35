package engram.client;

import engram.protocol.v1.CreditRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What the server sends on its own, in order, under credit: what has been taken here makes room
/// for as much there, so that a slow consumer holds the server up, or loses, as the stream's
/// [Overflow] says, but never fills memory.
///
/// To take: `next(Duration)`, an iteration, or a listener; one of them. An iteration ends when the
/// stream is closed or cancelled and throws if it failed.
public abstract sealed class LiveStream<T> implements Iterable<T>, AutoCloseable
    permits EventStream, ProbeStream, UdpInput, UdpOutput {
  private final Lease lease;
  private final Lease.Owned owned;
  private final Link link;
  private final int chip;
  private final long id;
  private final long window;
  private final Mailbox<Response> responses = new Mailbox<>();
  private final CompletableFuture<Response> first = new CompletableFuture<>();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean cancelled;

  /// @param window credit that the request gave
  LiveStream(Lease lease, Request.Builder request, long window) {
    var seat = lease.seat();
    this.lease = lease;
    this.link = seat.link();
    this.chip = seat.chip();
    this.id = link.nextId();
    this.window = window;
    this.owned = this::close;
    lease.own(owned);
    link.send(request.setChip(chip), id, Duration.ZERO, new Incoming());
  }

  static void requireCredit(long units) {
    if (units < 1) {
      throw new IllegalArgumentException("credit: %d (expected: 1 or more)".formatted(units));
    }
  }

  /// Units of credit that a response used.
  abstract long units(Response response);

  /// Things that were dropped before a response.
  abstract long lost(Response response);

  /// True if the response is of this stream's kind.
  abstract boolean isOurs(Response response);

  /// A response in the form that it is taken in.
  abstract T decode(Response response);

  private final class Incoming implements Receiver {
    @Override
    public void receive(Response response) {
      if (isOurs(response)) {
        lost.addAndGet(lost(response));
        responses.put(response);
        first.complete(response);
      }
      if (!response.getMore()) {
        end(null);
      }
    }

    @Override
    public void fail(EngramException failure) {
      end(cancelled && failure.code() == Code.CANCELLED ? null : failure);
    }

    private void end(EngramException why) {
      responses.end(why);
      first.completeExceptionally(
          why != null ? why : new EngramException(Code.CANCELLED, "the stream has ended"));
      lease.disown(owned);
    }
  }

  /// Waits for the first response, and leaves it to be taken.
  ///
  /// @throws EngramException if the stream failed, or ended, before
  final Response first() {
    link.requireOtherThread();
    try {
      return first.get();
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } catch (ExecutionException e) {
      throw ((EngramException) e.getCause()).here();
    }
  }

  /// Takes the next one.
  ///
  /// @param most time to wait
  /// @return empty if none came in time, or the stream has ended
  /// @throws EngramException if the stream has failed
  public final Optional<T> next(Duration most) {
    return Optional.ofNullable(take(most.toNanos()));
  }

  private T take(long nanos) {
    link.requireOtherThread();
    var response = responses.take(nanos);
    if (response == null) {
      return null;
    }
    grant(units(response));
    try {
      return decode(response);
    } catch (IllegalArgumentException e) {
      close();
      throw new EngramException(Code.INTERNAL, "response: " + e.getMessage(), e);
    }
  }

  /// Gives credit back in large pieces, but all of it before waiting for more: the server may need
  /// every unit for its next step.
  private void grant(long units) {
    long due = taken.addAndGet(units);
    if (due > 0 && (due >= window / 4 || responses.isEmpty())) {
      due = taken.getAndSet(0);
      if (due > 0) {
        link.tell(
            Request.newBuilder()
                .setChip(chip)
                .setCredit(CreditRequest.newBuilder().setRequest(id).setUnits(due)));
      }
    }
  }

  /// Calls a listener with each, on a thread that waits for nothing else, until the stream ends.
  ///
  /// @return completes after the last call, or with the failure of the stream or the listener
  public final CompletableFuture<Void> listen(Consumer<? super T> listener) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .name("engram-listener")
        .start(() -> {
          try {
            forEach(listener);
            done.complete(null);
          } catch (RuntimeException e) {
            close();
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  @Override
  public final Iterator<T> iterator() {
    return new Iterator<>() {
      private T ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null) {
          ahead = take(Mailbox.FOR_EVER);
        }
        return ahead != null;
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the stream has ended");
        }
        T one = ahead;
        ahead = null;
        return one;
      }
    };
  }

  /// Things that the server has dropped so far because the consumer was too slow.
  public final long lost() {
    return lost.get();
  }

  /// True if all has been taken and nothing follows.
  public final boolean isOver() {
    return responses.isOver();
  }

  /// Asks the server to end the stream; what it has sent already can still be taken.
  public final void cancel() {
    cancelled = true;
    link.cancel(id);
  }

  /// Ends the stream and forgets what was not taken.
  @Override
  public final void close() {
    cancel();
    responses.clear();
  }
}
