package engram.cli.train;

import engram.chip.Chip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which neuron spiked when while one sample was presented.
///
/// @param spikes by population, {step, neuron} each
/// @param steps timesteps recorded
record Raster(Map<String, List<int[]>> spikes, int steps) {
  /// Presents a sample to a fork of a chip, learning off, and records forward spikes.
  ///
  /// @param number of the sample, in the key of its draws
  static Raster of(Chip chip, int[] values, int number, int steps, List<String> populations) {
    var port = chip.image().samples().orElseThrow();
    var spikes = new LinkedHashMap<String, List<int[]>>();
    try (var fork = chip.fork()) {
      fork.field(port.data(), port.dataField()).write(0, values, 0, values.length);
      fork.setRegister(port.learn(), 0);
      fork.setClock((long) number << 32);
      var readers = populations.stream().map(p -> fork.stream(p, port.voteStream())).toList();
      populations.forEach(p -> spikes.put(p, new ArrayList<>()));
      for (int i = 0; i < steps; i++) {
        int step = i;
        fork.step();
        for (int p = 0; p < readers.size(); p++) {
          var list = spikes.get(populations.get(p));
          readers.get(p).forEach(neuron -> list.add(new int[] {step, neuron}));
        }
      }
    }
    return new Raster(spikes, steps);
  }
}
