package engram.cli.bench;

import engram.chip.Chip;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import java.io.IOException;
import java.util.List;

/// A learning rule of three factors that runs over every synapse in every step.
final class SynapseProgramCase implements BenchCase {
  /// A rule with what it needs around it.
  ///
  /// @param register that makes it run and learn in every step
  private record Rule(String name, String neuron, String row, String synapse, String register) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("two-tags", "stdp/neuron", "stdp/trace", "bench/three_factor", "reward"),
          new Rule("reward-stdp", "stdp/neuron", "stdp/trace", "stdp/reward", "reward"),
          new Rule("e-prop", "eprop/alif", "eprop/trace", "eprop/alif_synapse", "update"));

  private static final NumberFormat WEIGHTS = NumberFormat.signed(16);
  private static final int NEURONS = 1_024;

  /// So that threads have something to share.
  private static final int CORES = 4;

  /// A tenth of the sources spike in a step.
  private static final int TENTH = 26;

  @Override
  public String letter() {
    return "e";
  }

  @Override
  public String title() {
    return "three-factor learning rules over 1 million synapses in every step";
  }

  @Override
  public List<String> variants() {
    return RULES.stream().map(Rule::name).toList();
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    var rule = RULES.stream().filter(r -> r.name().equals(variant)).findFirst().orElseThrow();
    var preset = BenchChips.roomy("engram-1");
    int neurons = setting.size(NEURONS, 24);
    var plan =
        setting.quick() ? new ChipTrial.Plan(3, 3, 3, 3) : new ChipTrial.Plan(3, 600, 200, 3);
    var trial =
        new ChipTrial(
            setting,
            preset,
            () -> Mapper.map(network(rule, neurons), preset.spec(), BenchChips.firmware()).image(),
            chip -> learning(chip, rule),
            plan);
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    return measurement;
  }

  private static ChipContender.Work learning(Chip chip, Rule rule) {
    chip.setRegister(rule.register(), 1);
    return chip::run;
  }

  private static Network network(Rule rule, int neurons) {
    return Network.named("three factors")
        .add(
            Population.of("source", neurons, ProgramRef.of("encoders/bernoulli"))
                .withValues("x", TENTH))
        .add(Population.of("target", neurons, ProgramRef.of(rule.neuron())).onCores(CORES))
        .add(
            Projection.named("w")
                .from("source", "spike")
                .to("target", "in")
                .weights(WEIGHTS, new Weights.Uniform(16))
                .rows(ProgramRef.of(rule.row()))
                .learning(ProgramRef.of(rule.synapse())))
        .build();
  }
}
