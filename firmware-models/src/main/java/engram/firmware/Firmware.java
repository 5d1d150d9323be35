package engram.firmware;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Where programs come from by name.
@FunctionalInterface
public interface Firmware {
  /// Source text of a program.
  ///
  /// @param name such as `ssnn/hidden`
  /// @throws IllegalArgumentException if there is none of that name
  String source(String name);

  /// The programs that come with Engram, by their path below this package, without the ending.
  static Firmware library() {
    return Firmware::fromLibrary;
  }

  /// Names of the programs that come with Engram.
  static List<String> names() {
    return List.of(
        "encoders/bernoulli",
        "encoders/latency",
        "encoders/rate",
        "eprop/alif",
        "eprop/alif_synapse",
        "eprop/readout",
        "eprop/readout_row",
        "eprop/trace",
        "fptt/parameter",
        "neurons/crossbar",
        "neurons/cuba_lif",
        "neurons/lif",
        "ssnn/coincidence",
        "ssnn/coincidence_mirror",
        "ssnn/hidden",
        "ssnn/hidden_average",
        "ssnn/output",
        "stdp/neuron",
        "stdp/reward",
        "stdp/trace");
  }

  private static String fromLibrary(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "program: " + name + " (expected: one of " + String.join(", ", names()) + ")");
    }
    try (InputStream in = Firmware.class.getResourceAsStream(name + ".s")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
