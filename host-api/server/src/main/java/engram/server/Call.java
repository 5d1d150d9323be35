package engram.server;

import engram.protocol.v1.Code;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import java.util.concurrent.atomic.AtomicInteger;

/// An open request: where its answers go, and how it is ended early. Any thread may answer; the
/// last answer closes the call, and what comes after it is dropped.
///
/// A call that has taken effect is committed first: from then on a deadline that passes, or a
/// cancel, can no longer tell the client that nothing has happened.
final class Call {
  /// Ends what a call has begun.
  @FunctionalInterface
  interface Ender {
    /// @param why `CODE_CANCELLED`, `CODE_DEADLINE_EXCEEDED`, or `CODE_UNAVAILABLE` for a lost
    ///   connection
    void end(Code why);
  }

  private enum State {
    OPEN,
    COMMITTED,
    CLOSED
  }

  private final Session session;
  private final Request request;
  private final int bytes;

  /// The call itself while it is open, and each queue that it stands in.
  private final AtomicInteger holds = new AtomicInteger(1);

  // Guarded by this.
  private State state = State.OPEN;
  private Ender ender;
  private Runnable onClose = () -> {};

  Call(Session session, Request request) {
    this.session = session;
    this.request = request;
    bytes = request.getSerializedSize();
  }

  Session session() {
    return session;
  }

  Request request() {
    return request;
  }

  /// Bytes that the request takes while anything holds it.
  int bytes() {
    return bytes;
  }

  synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  /// To be called before the call takes effect: false if it has ended already. Afterwards only an
  /// answer ends it.
  synchronized boolean commit() {
    if (state == State.OPEN) {
      state = State.COMMITTED;
    }
    return state == State.COMMITTED;
  }

  private synchronized boolean close() {
    boolean first = state != State.CLOSED;
    state = State.CLOSED;
    return first;
  }

  /// Answers, and closes the call.
  void answer(Response.Builder response) {
    var last = response.setId(request.getId()).build();
    if (close()) {
      finish(last);
    }
  }

  private void finish(Response last) {
    try {
      session.write(last);
    } finally {
      Runnable then;
      synchronized (this) {
        then = onClose;
      }
      then.run();
      session.closed(this);
      release();
    }
  }

  /// Answers; more answers follow.
  void answerMore(Response.Builder response) {
    if (!isClosed()) {
      session.write(response.setId(request.getId()).setMore(true).build());
    }
  }

  void fail(Throwable failure) {
    fail(Failures.status(request, failure));
  }

  void fail(Status status) {
    if (close()) {
      finishFailed(status);
    }
  }

  private void finishFailed(Status status) {
    session.server().metrics().failed(request.getCallCase(), status.getCode());
    finish(Response.newBuilder().setId(request.getId()).setError(status).build());
  }

  /// To be run once the call is closed.
  void onClose(Runnable action) {
    boolean now;
    synchronized (this) {
      onClose = action;
      now = state == State.CLOSED;
    }
    if (now) {
      action.run();
    }
  }

  /// From now on, ending the call early is up to `ender`, which sees to an answer. False if the
  /// call has ended already: then nothing may be begun for it.
  synchronized boolean endedBy(Ender ender) {
    if (state == State.CLOSED) {
      return false;
    }
    this.ender = ender;
    return true;
  }

  /// Ends the call early.
  void end(Code why) {
    Ender own;
    synchronized (this) {
      if (state != State.OPEN) {
        return;
      }
      own = ender;
      if (own == null) {
        state = State.CLOSED;
      }
    }
    if (own != null) {
      own.end(why);
    } else {
      finishFailed(ended(why));
    }
  }

  /// The call stands in a queue: its request takes memory until it is released, answered or not.
  void hold() {
    holds.incrementAndGet();
  }

  void release() {
    if (holds.decrementAndGet() == 0) {
      session.freed(this);
    }
  }

  /// What the client is told of a call that ended early.
  static Status ended(Code why) {
    return Status.newBuilder()
        .setCode(why)
        .setMessage(
            switch (why) {
              case CODE_CANCELLED -> "the client cancelled the call";
              case CODE_DEADLINE_EXCEEDED -> "the deadline of the call has passed";
              case CODE_ABORTED -> "the lease of the chip has ended: lease another";
              default -> "the connection is lost";
            })
        .build();
  }
}
