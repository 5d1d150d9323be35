package engram.client;

import engram.protocol.v1.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A call that failed. The message is the server's own where the server refused it.
public final class EngramException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;
  private final transient List<String> reasons;
  private final String subject;
  private final int retryAfterMs;

  private EngramException(
      Code code,
      String message,
      List<String> reasons,
      String subject,
      int retryAfterMs,
      Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reasons = reasons;
    this.subject = subject;
    this.retryAfterMs = retryAfterMs;
  }

  EngramException(Code code, String message) {
    this(code, message, List.of(), "", 0, null);
  }

  EngramException(Code code, String message, Throwable cause) {
    this(code, message, List.of(), "", 0, cause);
  }

  static EngramException of(Status status) {
    return new EngramException(
        Code.of(status.getCodeValue()),
        status.getMessage(),
        List.copyOf(status.getReasonsList()),
        status.getSubject(),
        status.getRetryAfterMs(),
        null);
  }

  /// The same failure with the stack of the thread that waited for it.
  EngramException here() {
    return new EngramException(code, getMessage(), reasons, subject, retryAfterMs, this);
  }

  /// The kind of failure.
  public Code code() {
    return code;
  }

  /// Each single fault, where a description or an image has several.
  public List<String> reasons() {
    return reasons == null ? List.of() : reasons;
  }

  /// The network's own name for what is at fault: a population, projection, register or file.
  /// Empty: none.
  public String subject() {
    return subject;
  }

  /// Time after which the same call may succeed, where the server knows it.
  public Optional<Duration> retryAfter() {
    return retryAfterMs == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Integer.toUnsignedLong(retryAfterMs)));
  }
}
