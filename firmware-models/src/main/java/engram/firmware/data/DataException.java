package engram.firmware.data;

/// A data set is missing, damaged, or not what it should be.
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(message);
  }
}
