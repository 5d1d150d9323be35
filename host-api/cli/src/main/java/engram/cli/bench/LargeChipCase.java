package engram.cli.bench;

import engram.isa.image.ChipImage;
import java.io.IOException;
import java.util.List;

/// A chip of the size of Loihi 2: 128 cores, a million neurons, 120 million synapses.
final class LargeChipCase implements BenchCase {
  private static final String SPARSE = "sparse";
  private static final String DENSE = "dense";
  private static final int CORES = 128;

  /// Neurons of a core.
  private static final int NEURONS = 7_813;

  /// Synapses of a neuron, and the cores that they are in.
  private static final double FAN_OUT = 120;

  private static final int REACH = 2;

  /// Populations of a core in the dense variant; the first drives the second of the next core.
  private static final int POPULATIONS = 8;

  /// Bytes of a synapse in an image, and in each of three chips.
  private static final double BYTES = 2.3 + 3;

  @Override
  public String letter() {
    return "f";
  }

  @Override
  public String title() {
    return "chip of 1 million neurons, 120 million synapses, 1 % activity";
  }

  @Override
  public List<String> variants() {
    return List.of(SPARSE, DENSE);
  }

  private static int neurons(Setting setting) {
    return setting.scaled(NEURONS, 64);
  }

  @Override
  public long heapBytes(Setting setting) {
    return (long) (BYTES * FAN_OUT * CORES * neurons(setting));
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    int neurons = neurons(setting);
    var plan = setting.quick() ? new ChipTrial.Plan(3, 3, 3, 3) : new ChipTrial.Plan(3, 150, 50, 3);
    var trial =
        new ChipTrial(
            setting,
            BenchChips.roomy("loihi-2"),
            () -> variant.equals(DENSE) ? dense(neurons) : sparse(neurons),
            chip -> chip::run,
            plan);
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    return measurement;
  }

  /// A population a core. Each is joined to some next ones.
  private static ChipImage sparse(int neurons) {
    var network = new LargeNetwork("sparse", LargeNetwork.ONE_PERCENT);
    for (int core = 0; core < CORES; core++) {
      network.population(neurons, core, 1);
    }
    for (int core = 0; core < CORES; core++) {
      for (int ahead = 1; ahead <= REACH; ahead++) {
        network.connect(core, (core + ahead) % CORES, Math.min(1, FAN_OUT / REACH / neurons));
      }
    }
    return network.image();
  }

  /// Some populations a core, as large as the dense rows of one must be.
  private static ChipImage dense(int neurons) {
    var network = new LargeNetwork("dense", LargeNetwork.ONE_PERCENT);
    int each = Math.ceilDiv(neurons, POPULATIONS);
    for (int core = 0; core < CORES; core++) {
      for (int p = 0; p < POPULATIONS; p++) {
        network.population(each, core, 1);
      }
    }
    for (int core = 0; core < CORES; core++) {
      network.connect(POPULATIONS * core, POPULATIONS * ((core + 1) % CORES) + 1, 1);
    }
    return network.image();
  }
}
