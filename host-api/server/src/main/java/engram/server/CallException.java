package engram.server;

import engram.protocol.v1.Code;
import engram.protocol.v1.Status;
import java.util.List;

/// A call fails, and the client is told why.
final class CallException extends RuntimeException {
  private final transient Status status;

  CallException(Code code, String message) {
    this(Status.newBuilder().setCode(code).setMessage(message).build());
  }

  private CallException(Status status) {
    super(status.getMessage());
    this.status = status;
  }

  /// @param format of the message
  static CallException of(Code code, String format, Object... values) {
    return new CallException(code, format.formatted(values));
  }

  /// The same failure, of a network's part.
  CallException about(String subject) {
    return new CallException(status.toBuilder().setSubject(subject).build());
  }

  CallException retryAfter(int milliseconds) {
    return new CallException(status.toBuilder().setRetryAfterMs(milliseconds).build());
  }

  CallException because(List<String> reasons) {
    return new CallException(status.toBuilder().addAllReasons(reasons).build());
  }

  Status status() {
    return status;
  }
}
