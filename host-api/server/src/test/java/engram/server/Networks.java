package engram.server;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.NetworkFile;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import engram.isa.image.ChipImage;
import java.util.Map;

/// Networks that tests load, and the chip that does the same without a server.
final class Networks {
  static final Preset PRESET = Presets.named("engram-1");

  /// What goes into `ear` comes out of `mouth` three steps later.
  static final String ECHO =
      """
      network: echo
      populations:
        ear:   {neurons: 4, external: true}
        mouth: {neurons: 4, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
      """;

  /// 1,000 neurons that emit in every step.
  static final String STORM =
      """
      network: storm
      populations:
        rain: {neurons: 1000, program: encoders/bernoulli, values: {x: 256}, record: [spike]}
      """;

  /// Neurons that emit by chance, and neurons that count what they hear.
  static final String DICE =
      """
      network: dice
      seed: 7
      populations:
        dice: {neurons: 64, program: encoders/bernoulli, values: {x: 128}, record: [spike]}
        cell: {neurons: 64, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        wire: {from: dice.spike, to: cell.in, weights: s8 q(6) uniform 0.5}
      """;

  static final Map<String, String> SMALL_SSNN = Map.of("hidden", "16", "steps", "4");
  static final int INPUTS = 20;
  static final int CLASSES = 4;
  static final long SEED = 5;

  private Networks() {}

  static ChipImage image(String yaml) {
    return image(NetworkFile.read("network", yaml));
  }

  static ChipImage image(Network network) {
    return Mapper.map(network, PRESET.spec(), Firmware.library()).image();
  }

  static Chip chip(String yaml) {
    return Chip.load(PRESET, image(yaml), ChipOptions.reference());
  }

  static Network ssnn() {
    return SsnnNetwork.of(Recipe.named("mnist").with(SMALL_SSNN).settings(INPUTS, CLASSES, SEED));
  }

  static Chip ssnnChip() {
    return Chip.load(PRESET, image(ssnn()), ChipOptions.reference());
  }
}
