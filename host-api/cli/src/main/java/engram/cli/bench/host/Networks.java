package engram.cli.bench.host;

import engram.client.Firmware;
import java.util.Map;

/// Networks that do little, so that the way to them is what is measured.
final class Networks {
  /// The population that a host injects into.
  static final String IN = "ear";

  /// The population whose events a host gets.
  static final String OUT = "mouth";

  private Networks() {}

  /// Neurons that emit an event for each that is injected.
  static Firmware echo(int neurons) {
    return Firmware.network(
        """
        network: echo
        populations:
          ear:   {neurons: %d, external: true}
          mouth: {neurons: %d, program: neurons/lif THRESHOLD=64}
        projections:
          nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0}
        """
            .formatted(neurons, neurons),
        Map.of());
  }

  /// Neurons that all emit in every step.
  static Firmware fountain(int neurons) {
    return Firmware.network(
        """
        network: fountain
        populations:
          mouth: {neurons: %d, program: ./always}
        """
            .formatted(neurons),
        Map.of(
            "always",
            """
            .program neuron always
            .stream spike
                    emit spike
            """));
  }
}
