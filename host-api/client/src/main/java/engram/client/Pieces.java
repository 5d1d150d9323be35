package engram.client;

import engram.protocol.v1.ReadResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Words of more synapses than one message has room for, or their way to the chip: call by call,
/// each for some sources. Cancelling it cancels the call that is open.
abstract class Pieces<T> extends CompletableFuture<T> {
  /// Bytes of words in a call.
  static final int MOST_BYTES = 4 << 20;

  private volatile Call<?> open;

  /// Goes on when a call is answered.
  final <A> void then(Call<A> call, Next<A> next) {
    open = call;
    call.whenComplete((answer, failure) -> {
      if (failure != null) {
        completeExceptionally(failure);
        return;
      }
      try {
        next.take(answer);
      } catch (EngramException e) {
        completeExceptionally(e);
      } catch (IllegalArgumentException e) {
        completeExceptionally(new EngramException(Code.INTERNAL, "response: " + e.getMessage(), e));
      }
    });
    if (isDone()) {
      call.cancel(true);
    }
  }

  /// What follows an answer.
  @FunctionalInterface
  interface Next<A> {
    void take(A answer);
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    boolean done = super.cancel(mayInterrupt);
    var call = open;
    if (done && call != null) {
      call.cancel(mayInterrupt);
    }
    return done;
  }

  /// Words that are read.
  static final class Read extends Pieces<Words> {
    /// A call for some sources.
    @FunctionalInterface
    interface Reader {
      /// @param sources 0: all behind the first
      Call<ReadResponse> read(int first, int sources);
    }

    private final Reader reader;
    private final int first;
    private final int sources;
    private final List<Words> parts = new ArrayList<>();
    private int rows;

    Read(Reader reader, int first, int sources) {
      this.reader = reader;
      this.first = first;
      this.sources = sources;
      then(reader.read(first, sources), this::take);
    }

    private void take(ReadResponse answer) {
      var part = Words.of(answer);
      parts.add(part);
      rows += part.rows();
      int all = sources == 0 ? answer.getSources() - first : sources;
      if (answer.getSources() == 0 || rows >= all) {
        complete(joined());
      } else if (part.rows() == 0) {
        throw new IllegalArgumentException("rows: 0 (expected: 1 or more)");
      } else {
        then(reader.read(first + rows, all - rows), this::take);
      }
    }

    private Words joined() {
      var last = parts.getLast();
      if (parts.size() == 1) {
        return last;
      }
      int[] values = new int[length(last.columns())];
      int at = 0;
      for (var part : parts) {
        System.arraycopy(part.values(), 0, values, at, part.values().length);
        at += part.values().length;
      }
      return new Words(last.step(), rows, last.columns(), values);
    }

    private int length(int columns) {
      long length = (long) rows * columns;
      if (length > Integer.MAX_VALUE) {
        throw new EngramException(
            Code.OUT_OF_RANGE,
            "words: %d (expected: at most %d; read fewer sources at a time)"
                .formatted(length, Integer.MAX_VALUE));
      }
      return (int) length;
    }
  }

  /// Weights that are written.
  static final class Write extends Pieces<Long> {
    /// A call for some sources.
    @FunctionalInterface
    interface Writer {
      /// @param from index of the first value
      /// @param to index behind the last
      Call<Long> write(int firstSource, int from, int to);
    }

    private final Writer writer;
    private final int values;
    private final int mostBytes;
    private int columns;

    /// @param shape tells the first source's weights
    Write(Call<ReadResponse> shape, Writer writer, String projection, int values, int mostBytes) {
      this.writer = writer;
      this.values = values;
      this.mostBytes = mostBytes;
      then(
          shape,
          answer -> {
            columns = answer.getColumns();
            long all = (long) answer.getSources() * columns;
            if (columns == 0 || values != all) {
              throw new EngramException(
                  Code.INVALID_ARGUMENT,
                  "weights of %s: %d (expected: %d)".formatted(projection, values, all));
            }
            write(0);
          });
    }

    private void write(int source) {
      int rows = Math.max(1, mostBytes / (Integer.BYTES * columns));
      int from = source * columns;
      int to = (int) Math.min(values, from + (long) rows * columns);
      then(
          writer.write(source, from, to),
          step -> {
            if (to == values) {
              complete(step);
            } else {
              write(to / columns);
            }
          });
    }
  }
}
