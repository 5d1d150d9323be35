package engram.client;

/// What an interrupted wait turns into: the thread stays marked, the caller gets a failure.
final class Interrupted {
  private Interrupted() {}

  static EngramException of(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new EngramException(Code.CANCELLED, "interrupted", e);
  }
}
