package engram.client;

/// Kinds of failure. Numbers and meanings are those of `google.rpc.Code`.
public enum Code {
  /// The client cancelled the call.
  CANCELLED,
  /// A failure of unknown kind.
  UNKNOWN,
  /// The call is wrong, whatever the chip's state.
  INVALID_ARGUMENT,
  /// The deadline of the call passed.
  DEADLINE_EXCEEDED,
  /// Nothing has that name.
  NOT_FOUND,
  /// Something has that name already.
  ALREADY_EXISTS,
  /// The token does not allow it, or the chip is driven by somebody else.
  PERMISSION_DENIED,
  /// A quota, a queue or a window is full.
  RESOURCE_EXHAUSTED,
  /// Not in this state: nothing is loaded, a run is on its way, the chip has stopped.
  FAILED_PRECONDITION,
  /// Given up in the middle; try again higher up.
  ABORTED,
  /// A step, neuron or word that is out of range in the state that the chip is in.
  OUT_OF_RANGE,
  /// This server can't do it.
  UNIMPLEMENTED,
  /// A fault of the server's own, or an answer that makes no sense.
  INTERNAL,
  /// There is no connection, or it was lost.
  UNAVAILABLE,
  /// Bytes in the store are damaged.
  DATA_LOSS,
  /// No token, or an unknown one.
  UNAUTHENTICATED;

  /// Its number on the wire.
  public int number() {
    return ordinal() + 1;
  }

  /// A number of the wire as a kind; numbers of later versions are `UNKNOWN`.
  static Code of(int number) {
    return number < 1 || number > values().length ? UNKNOWN : values()[number - 1];
  }
}
