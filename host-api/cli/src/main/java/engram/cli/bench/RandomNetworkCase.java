package engram.cli.bench;

import engram.isa.image.ChipImage;
import java.io.IOException;
import java.util.List;

/// One population that is joined to itself at random.
final class RandomNetworkCase implements BenchCase {
  private static final double CONNECTIVITY = 0.1;
  private static final int CORES = 64;

  /// Bytes of a synapse in an image (step and weight), and of its weight in each of three chips.
  private static final double BYTES = 2 + 3;

  @Override
  public String letter() {
    return "d";
  }

  @Override
  public String title() {
    return "sparse random network, 10 % connectivity, 1 % activity";
  }

  @Override
  public List<String> variants() {
    return List.of("random");
  }

  private static int neurons(Setting setting) {
    return setting.scaled(100_000, 400);
  }

  @Override
  public long heapBytes(Setting setting) {
    return (long) (BYTES * CONNECTIVITY * Math.pow(neurons(setting), 2));
  }

  /// Each neuron is joined to a part of all.
  @Override
  public double scaleFor(double factor) {
    return Math.sqrt(factor);
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    int neurons = neurons(setting);
    var plan = setting.quick() ? new ChipTrial.Plan(3, 3, 3, 3) : new ChipTrial.Plan(3, 60, 20, 3);
    var trial =
        new ChipTrial(
            setting,
            BenchChips.roomy("engram-1", CORES),
            () -> network(neurons),
            chip -> chip::run,
            plan);
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    return measurement;
  }

  private static ChipImage network(int neurons) {
    var network = new LargeNetwork("random", LargeNetwork.ONE_PERCENT);
    int all = network.population(neurons, 0, CORES);
    network.connect(all, all, CONNECTIVITY);
    return network.image();
  }
}
