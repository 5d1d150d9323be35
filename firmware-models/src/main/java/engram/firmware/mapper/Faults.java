package engram.firmware.mapper;

import engram.firmware.network.NetworkException;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with a network, collected so that one run reports all of it.
final class Faults {
  private final String network;
  private final List<String> faults = new ArrayList<>();

  Faults(String network) {
    this.network = network;
  }

  void add(String format, Object... values) {
    faults.add(format.formatted(values));
  }

  /// @throws NetworkException if there is a fault
  void stopIfAny() {
    if (!faults.isEmpty()) {
      throw new NetworkException(network, faults);
    }
  }
}
