package engram.server;

import com.google.protobuf.MessageLite;
import engram.protocol.v1.Code;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/// An open request: where its answers go, and how it is ended early. Any thread may answer; the
/// last answer closes the call, and what comes after it is dropped.
final class Call {
  /// Ends what a call has begun.
  @FunctionalInterface
  interface Ender {
    /// @param why `CODE_CANCELLED`, `CODE_DEADLINE_EXCEEDED`, or `CODE_UNAVAILABLE` for a lost
    ///   connection
    void end(Code why);
  }

  private final Session session;
  private final Request request;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Ender ender;
  private volatile Runnable onClose = () -> {};

  Call(Session session, Request request) {
    this.session = session;
    this.request = request;
  }

  Session session() {
    return session;
  }

  Request request() {
    return request;
  }

  boolean isClosed() {
    return closed.get();
  }

  /// Answers, and closes the call.
  void answer(Response.Builder response) {
    if (closed.compareAndSet(false, true)) {
      session.write(response.setId(request.getId()).build());
      onClose.run();
      session.closed(this);
    }
  }

  /// Answers; more answers follow.
  void answerMore(Response.Builder response) {
    if (!closed.get()) {
      session.write(response.setId(request.getId()).setMore(true).build());
    }
  }

  void fail(Throwable failure) {
    fail(Failures.status(request, failure));
  }

  void fail(Status status) {
    session.server().metrics().failed(request.getCallCase(), status.getCode());
    answer(Response.newBuilder().setError(status));
  }

  /// To be run once the call is closed.
  void onClose(Runnable action) {
    onClose = action;
    if (closed.get()) {
      action.run();
    }
  }

  /// From now on, ending the call early is up to `ender`, which sees to an answer.
  void endedBy(Ender ender) {
    this.ender = ender;
  }

  /// Ends the call early.
  void end(Code why) {
    var own = ender;
    if (own != null) {
      own.end(why);
    } else {
      fail(ended(why));
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
              default -> "the connection is lost";
            })
        .build();
  }

  /// Bytes that the request takes while it is open.
  static int bytes(MessageLite message) {
    return message.getSerializedSize();
  }
}
