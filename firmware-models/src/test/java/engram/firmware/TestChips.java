package engram.firmware;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Presets;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import java.util.Map;

/// Chips for tests, with programs of the library and of the test itself.
public final class TestChips {
  private TestChips() {}

  /// The library, with some programs of the test's own in front.
  public static Firmware firmware(Map<String, String> own) {
    return name -> own.containsKey(name) ? own.get(name) : Firmware.library().source(name);
  }

  /// A network on `engram-1`, reference engine, one thread.
  public static Chip chip(Network network, Map<String, String> own) {
    var preset = Presets.named("engram-1");
    var mapping = Mapper.map(network, preset.spec(), firmware(own));
    return Chip.load(preset, mapping.image(), ChipOptions.reference());
  }

  public static Chip chip(Network network) {
    return chip(network, Map.of());
  }
}
