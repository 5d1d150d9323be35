package engram.firmware.ssnn;

import engram.chip.Chip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Everything that happened while some random samples were presented back to back, step by step:
/// all spikes, and all changes of weights.
final class Trace {
  /// A weight moved by a step: what the chip did.
  record Update(int step, int layer, int source, int target, int change) {}

  final SsnnSettings settings;
  final int depth;

  /// Label of the sample whose data left in each step.
  final List<Integer> labels = new ArrayList<>();

  /// By layer, then by step: the neurons that emitted.
  final List<List<int[]>> spikes = new ArrayList<>();

  final List<List<int[]>> plus = new ArrayList<>();
  final List<List<int[]>> minus = new ArrayList<>();
  final List<Update> updates = new ArrayList<>();

  private Trace(SsnnSettings settings) {
    this.settings = settings;
    this.depth = settings.hidden().size();
    for (int layer = 0; layer <= depth + 1; layer++) {
      spikes.add(new ArrayList<>());
      plus.add(new ArrayList<>());
      minus.add(new ArrayList<>());
    }
  }

  /// Presents random samples and records. Sample lengths vary, so that borders come everywhere.
  static Trace record(Chip chip, SsnnSettings settings, int samples, long seed) {
    var trace = new Trace(settings);
    var random = new Random(seed);
    int last = -1;
    for (int n = 0; n < samples; n++) {
      int[] values = random.ints(settings.inputs(), 0, 256).map(v -> v < 90 ? 0 : v).toArray();
      int label = (last + 1 + random.nextInt(settings.classes() - 1)) % settings.classes();
      last = label;
      int[] oneHot = new int[settings.classes()];
      oneHot[label] = 256;
      chip.write("image", "x", 0, values);
      chip.write("label", "x", 0, oneHot);
      chip.setRegister(SsnnNetwork.LEARN, 1);
      chip.setClock((long) n << 32);
      int steps = 1 + random.nextInt(settings.steps());
      for (int t = 0; t < steps; t++) {
        trace.step(chip, label);
      }
    }
    chip.write("image", "x", 0, new int[settings.inputs()]);
    chip.write("label", "x", 0, new int[settings.classes()]);
    chip.setRegister(SsnnNetwork.LEARN, 0);
    for (int t = 0; t < 4 * (trace.depth + 1); t++) {
      trace.step(chip, -1);
    }
    return trace;
  }

  private void step(Chip chip, int label) {
    int[][] before = weights(chip);
    chip.step();
    int[][] after = weights(chip);
    int step = labels.size();
    labels.add(label);
    for (int layer = 0; layer <= depth + 1; layer++) {
      String name = SsnnNetwork.layer(settings, layer);
      spikes.get(layer).add(events(chip, name, "spike"));
      plus.get(layer).add(layer == 0 ? new int[0] : events(chip, name, "gplus"));
      minus.get(layer).add(layer == 0 ? new int[0] : events(chip, name, "gminus"));
    }
    for (int layer = 1; layer <= depth + 1; layer++) {
      int columns = chip.shape(SsnnNetwork.weights(layer))[1];
      for (int i = 0; i < before[layer].length; i++) {
        int change = after[layer][i] - before[layer][i];
        if (change != 0) {
          updates.add(new Update(step, layer, i / columns, i % columns, change));
        }
      }
    }
  }

  private int[][] weights(Chip chip) {
    int[][] weights = new int[depth + 2][];
    for (int layer = 1; layer <= depth + 1; layer++) {
      weights[layer] = chip.weights(SsnnNetwork.weights(layer));
    }
    return weights;
  }

  private static int[] events(Chip chip, String population, String stream) {
    var list = new ArrayList<Integer>();
    chip.stream(population, stream).forEach(list::add);
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  static boolean contains(int[] neurons, int neuron) {
    return Arrays.binarySearch(neurons, neuron) >= 0;
  }
}
