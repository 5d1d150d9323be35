package engram.cli.bench;

import engram.chip.Chip;
import engram.isa.image.ChipImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How the time of a step grows with its synaptic events over three decades.
final class GrowthCase implements BenchCase {
  private static final String SIZE = "by-size";
  private static final String ACTIVITY = "by-activity";

  /// Neurons of a core, and the probability of a synapse to each of the next core.
  private static final int NEURONS = 1_000;

  private static final double CONNECTIVITY = 0.1;

  /// Spikes in 65536 steps.
  private static final int TEN_PERCENT = 6_554;

  private static final int[] SIZES = {1, 10, 100, 1_000};
  private static final int[] RATES = {7, 66, 655, 6_554};
  private static final int CORES = 100;

  /// Steps of a lap at a million events a step.
  private static final int STEPS = 100;

  private static final int MOST_STEPS = 4_000;

  @Override
  public String letter() {
    return "h";
  }

  @Override
  public String title() {
    return "growth of the time of a step with its synaptic events";
  }

  @Override
  public List<String> variants() {
    return List.of(SIZE, ACTIVITY);
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    var chips = new ArrayList<ChipContender>();
    try {
      for (int i = 0; i < SIZES.length; i++) {
        boolean bySize = variant.equals(SIZE);
        int cores = setting.size(bySize ? SIZES[i] : CORES, bySize ? i + 1 : 2);
        int rate = bySize ? TEN_PERCENT : setting.size(RATES[i], LargeNetwork.ONE_PERCENT << i);
        chips.add(contender(cores, rate, setting));
      }
      for (var chip : chips) {
        for (int lap = 0; lap < setting.size(4, 1); lap++) {
          chip.lap();
        }
      }
      return report(variant, Contest.run(setting.rounds(), chips));
    } finally {
      chips.forEach(ChipContender::close);
    }
  }

  private static ChipContender contender(int cores, int rate, Setting setting) {
    double events = events(cores, rate, setting);
    int steps = (int) Math.clamp(STEPS * 1e6 / events, 1, MOST_STEPS);
    var chip =
        Chip.load(
            BenchChips.roomy("engram-1", cores),
            network(cores, rate, neurons(setting)),
            ChipTrial.compiled());
    return new ChipContender(
        "%d cores at %d".formatted(cores, rate), chip, c -> c::run, setting.size(steps, 3));
  }

  private static int neurons(Setting setting) {
    return setting.size(NEURONS, 100);
  }

  /// Synaptic events of a step, about.
  private static double events(int cores, int rate, Setting setting) {
    return cores * CONNECTIVITY * Math.pow(neurons(setting), 2) * rate / (1 << 16);
  }

  /// A population a core, each joined to the next.
  private static ChipImage network(int cores, int rate, int neurons) {
    var network = new LargeNetwork("ring", rate);
    for (int core = 0; core < cores; core++) {
      network.population(neurons, core, 1);
    }
    for (int core = 0; core < cores; core++) {
      network.connect(core, (core + 1) % cores, CONNECTIVITY);
    }
    return network.image();
  }

  private Measurement report(String variant, List<Tally> tallies) {
    var measurement = new Measurement(this, variant);
    double[] events = new double[tallies.size()];
    double[] seconds = new double[tallies.size()];
    var points = measurement.list("points");
    for (int i = 0; i < events.length; i++) {
      var tally = tallies.get(i);
      seconds[i] = 1 / tally.perCpuSecond(Lap::steps);
      events[i] = tally.perStep(Lap::operations);
      points
          .addObject()
          .put("synaptic_operations_per_step", events[i])
          .put("cpu_seconds_per_step", seconds[i]);
    }
    return measurement.put("exponent", exponent(events, seconds));
  }

  /// The slope of a line through the logarithms, by least squares.
  static double exponent(double[] x, double[] y) {
    double meanX = Arrays.stream(x).map(Math::log).average().orElseThrow();
    double meanY = Arrays.stream(y).map(Math::log).average().orElseThrow();
    double both = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      double dx = Math.log(x[i]) - meanX;
      both += dx * (Math.log(y[i]) - meanY);
      square += dx * dx;
    }
    return both / square;
  }
}
