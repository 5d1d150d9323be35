package engram.client;

import engram.protocol.Columns;
import engram.protocol.v1.PlayResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.SamplesRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Samples on their way through a chip. `present` waits while the server has no room; samples
/// travel in batches, which go out when they are full or the server has little left to do. Results
/// follow on their own and may lag by a few samples until the play is finished.
public final class Play implements AutoCloseable {
  /// Label of a sample that has none.
  public static final int UNLABELLED = -1;

  /// Results that may wait for the listener before `present` waits for it too.
  private static final int MOST_RESULTS = 1 << 16;

  private final Lease lease;
  private final Lease.Owned owned = this::close;
  private final Link link;
  private final int chip;
  private final long id;
  private final Consumer<PlayResults> listener;
  private final Mailbox<PlayResults> results = new Mailbox<>();
  private final CompletableFuture<PlayResult> end = new CompletableFuture<>();
  private final CompletableFuture<PlayResult> result = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// Samples that may be presented.
  private long room;

  /// Samples that the server's empty queue has room for.
  private long capacity;

  /// Values of a sample; 0 before the first.
  private int sampleValues;

  private int valueBytes;

  private SampleBatch batch;
  private long answered;
  private long heard;
  private boolean finished;
  private boolean over;

  Play(Lease lease, PlayOptions options, Consumer<PlayResults> listener) {
    var seat = lease.seat();
    this.lease = lease;
    this.link = seat.link();
    this.chip = seat.chip();
    this.id = link.nextId();
    this.listener = listener;
    lease.own(owned);
    link.send(
        Request.newBuilder().setChip(chip).setPlay(options.request()),
        id,
        Duration.ZERO,
        new Incoming());
    Thread.ofVirtual().name("engram-results").start(this::hear);
  }

  private final class Incoming implements Receiver {
    @Override
    public void receive(Response response) {
      if (!response.hasPlay()) {
        fail(
            new EngramException(
                Code.INTERNAL,
                "response: %s (expected: PLAY)".formatted(response.getResultCase())));
        return;
      }
      take(response.getPlay());
      if (!response.getMore()) {
        end.complete(PlayResult.of(response.getPlay()));
        results.end(null);
        stop();
      }
    }

    @Override
    public void fail(EngramException failure) {
      end.completeExceptionally(failure);
      results.end(failure);
      stop();
    }
  }

  private void take(PlayResponse play) {
    lock.lock();
    try {
      int count = play.getAnswersCount();
      if (count > 0) {
        int[] answers = new int[count];
        for (int i = 0; i < count; i++) {
          answers[i] = play.getAnswers(i);
        }
        int[] votes = Columns.ints("votes", play.getVotes());
        results.put(new PlayResults(answered, answers, votes, play.getEvents()));
        answered += count;
      }
      room += Integer.toUnsignedLong(play.getRoom());
      if (capacity == 0) {
        capacity = room;
      }
      if (batch != null && isNearlyIdle()) {
        sendBatch(false);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// True if the server has less than a batch left to do.
  private boolean isNearlyIdle() {
    int held = batch == null ? 0 : batch.count();
    return capacity - room - held < SampleBatch.MOST_SAMPLES;
  }

  private void stop() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    lease.disown(owned);
  }

  /// Runs on its own thread: tells the listener, then whoever waits for the end.
  private void hear() {
    try {
      for (var some = results.take(Mailbox.FOR_EVER);
          some != null;
          some = results.take(Mailbox.FOR_EVER)) {
        listener.accept(some);
        lock.lock();
        try {
          heard += some.answers().length;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
      end.whenComplete((value, failed) -> {
        if (failed == null) {
          result.complete(value);
        } else {
          result.completeExceptionally(failed);
        }
      });
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
      link.cancel(id);
      stop();
    }
  }

  /// Presents a sample; waits while there is no room. The array is copied before the call returns.
  ///
  /// @param values of the data population's neurons, as unsigned bytes
  /// @param label class, or `UNLABELLED`
  public void present(byte[] values, int label) {
    present(values, 0, values.length, label);
  }

  /// Presents a sample that is a part of an array.
  public void present(byte[] values, int offset, int length, int label) {
    Objects.checkFromIndexSize(offset, length, values.length);
    awaitTurn(length);
    try {
      batch(length, Byte.BYTES).add(values, offset, length, label);
      added();
    } finally {
      lock.unlock();
    }
  }

  /// Presents a sample of unsigned values of any width; they travel in as few bytes as they need.
  public void present(int[] values, int label) {
    awaitTurn(values.length);
    try {
      batch(values.length, SampleBatch.width(values)).add(values, label);
      added();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for room. The caller has the lock when this returns.
  private void awaitTurn(int size) {
    link.requireOtherThread();
    link.unsent().awaitRoom(Duration.ZERO);
    lock.lock();
    boolean turn = false;
    try {
      while (!over && (room == 0 || answered - heard > MOST_RESULTS)) {
        changed.await();
      }
      requireOpen();
      requireSize(size);
      turn = true;
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } finally {
      if (!turn) {
        lock.unlock();
      }
    }
  }

  /// The batch that takes the next sample. Its values are as wide as those of any sample before, so
  /// that a black picture between others does not end their batch.
  private SampleBatch batch(int size, int width) {
    if (width > valueBytes) {
      valueBytes = width;
      if (batch != null) {
        sendBatch(false);
      }
    }
    if (batch == null) {
      batch = new SampleBatch(size, valueBytes);
    }
    return batch;
  }

  private void added() {
    room--;
    if (batch.isFull() || room == 0 || isNearlyIdle()) {
      sendBatch(false);
    }
  }

  private void requireSize(int values) {
    if (values == 0 || sampleValues != 0 && values != sampleValues) {
      throw new IllegalArgumentException(
          "values of a sample: %d (expected: %s)"
              .formatted(values, sampleValues == 0 ? "1 or more" : "" + sampleValues));
    }
    sampleValues = values;
  }

  private void requireOpen() {
    if (end.isCompletedExceptionally()) {
      throw failure(end.exceptionNow());
    }
    if (result.isCompletedExceptionally()) {
      throw failure(result.exceptionNow());
    }
    if (over) {
      throw new EngramException(Code.FAILED_PRECONDITION, "the play has ended");
    }
    if (finished) {
      throw new EngramException(Code.FAILED_PRECONDITION, "the play is finished: no more samples");
    }
  }

  private void sendBatch(boolean last) {
    var samples = batch == null ? SamplesRequest.newBuilder() : batch.toRequest();
    batch = null;
    link.tell(Request.newBuilder().setChip(chip).setSamples(samples.setPlay(id).setLast(last)));
  }

  /// Says that no more samples come and waits until all are played and the listener has heard of
  /// them.
  public PlayResult finish() {
    link.requireOtherThread();
    try {
      return finishAsync().get();
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  public CompletableFuture<PlayResult> finishAsync() {
    lock.lock();
    try {
      if (!finished && !over) {
        finished = true;
        sendBatch(true);
      }
    } finally {
      lock.unlock();
    }
    return result.copy();
  }

  private static RuntimeException failure(Throwable cause) {
    return switch (cause) {
      case EngramException failure -> failure.here();
      case RuntimeException failure -> failure;
      default -> new IllegalStateException(cause);
    };
  }

  /// Ends the play at a sample's end. `finish` then tells how far it came.
  public void cancel() {
    lock.lock();
    try {
      finished = true;
      batch = null;
    } finally {
      lock.unlock();
    }
    link.cancel(id);
  }

  /// Cancels the play unless it is finished.
  @Override
  public void close() {
    boolean running;
    lock.lock();
    try {
      running = !finished && !over;
    } finally {
      lock.unlock();
    }
    if (running) {
      cancel();
    }
  }
}
