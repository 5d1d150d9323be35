package engram.firmware.network;

import java.util.List;

/// A network description is not consistent in itself, whatever chip it is for; carries every reason
/// found.
public final class NetworkException extends RuntimeException {
  private final transient List<String> reasons;

  public NetworkException(String network, List<String> reasons) {
    super("network " + network + ":\n  " + String.join("\n  ", reasons));
    this.reasons = List.copyOf(reasons);
  }

  public List<String> reasons() {
    return reasons;
  }
}
