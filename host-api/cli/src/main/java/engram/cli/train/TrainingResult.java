package engram.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.preset.Counter;
import engram.chip.preset.Energy;
import engram.cli.common.Version;
import java.util.List;
import java.util.stream.Collectors;

/// What a finished training run has to say.
///
/// @param epochs points of the learning curve
/// @param trainCost of the training epochs of this process
/// @param stateDigest of the chip that learned
record TrainingResult(
    TrainingState state,
    int testSamples,
    Training.Evaluation evaluation,
    List<Training.Epoch> epochs,
    ChipCost trainCost,
    double samplesPerSecond,
    double wallSeconds,
    String stateDigest,
    String costDigest) {

  /// Test images of the look after each epoch.
  int glance() {
    return Math.min(Training.GLANCE, testSamples);
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /// One line of JSON: every result and every setting in force.
  String json(Chip chip) {
    var json = JSON.createObjectNode();
    json.put("test_accuracy", evaluation.accuracy());
    json.put("samples_per_second", samplesPerSecond);
    cost(json, "", trainCost.plus(evaluation.cost()), chip);
    cost(json, "train_", trainCost, chip);
    cost(json, "test_", evaluation.cost(), chip);
    json.put("state_digest", stateDigest);
    json.put("cost_digest", costDigest);
    json.put("cores_used", chip.coreNumbers().length);
    json.put("wall_seconds", wallSeconds);
    var curve = json.putArray("epochs_done");
    for (var epoch : epochs) {
      curve
          .addObject()
          .put("epoch", epoch.number())
          .put("running_accuracy", epoch.runningAccuracy())
          .put("glance_accuracy", epoch.glanceAccuracy())
          .put("samples_per_second", epoch.samplesPerSecond());
    }
    var recipe = state.recipe();
    json.put("dataset", state.dataSet());
    var hidden = json.putArray("hidden");
    recipe.hidden().forEach(hidden::add);
    json.put("steps", recipe.steps());
    json.put("epochs", recipe.epochs());
    json.put("weight_bits", recipe.weightBits());
    json.put("fraction_bits", recipe.fractionBits());
    json.put("membrane", recipe.membrane());
    json.put("rate_decay", recipe.rateDecay());
    json.put("init_scale", recipe.initScale());
    json.put("quiet_steps", recipe.quietSteps());
    json.put("test_steps", recipe.testSteps());
    json.put("train_samples", state.trainSamples());
    json.put("test_samples", testSamples);
    json.put("seed", state.seed());
    json.put("chip", chip.preset().name());
    json.put("engine", chip.options().engine().name());
    json.put("threads", chip.options().threads());
    json.put("noc", chip.options().noc().keyword());
    json.put("version", Version.number());
    return json.toString();
  }

  private static void cost(ObjectNode json, String prefix, ChipCost cost, Chip chip) {
    Energy energy = chip.energy(cost);
    json.put(prefix + "synaptic_operations", cost.synapticOperations());
    json.put(prefix + "forward_synaptic_operations", cost.count(Counter.FORWARD_OPERATIONS));
    json.put(prefix + "backward_synaptic_operations", cost.count(Counter.BACKWARD_OPERATIONS));
    json.put(prefix + "learning_synaptic_operations", cost.count(Counter.LEARNING_OPERATIONS));
    json.put(prefix + "timesteps", cost.count(Counter.STEPS));
    json.put(prefix + "cycles", cost.cycles());
    json.put(prefix + "network_cycles", cost.networkCycles());
    json.put(prefix + "host_cycles", chip.hostCycles(cost));
    if (energy.joules().isPresent()) {
      json.put(prefix + "energy_joules", energy.joules().getAsDouble());
    } else {
      json.putNull(prefix + "energy_joules");
    }
    var missing = json.putArray(prefix + "energy_missing");
    energy.missing().forEach(missing::add);
    json.put(prefix + "energy_known_joules", energy.knownJoules());
  }

  /// The result for people.
  String text(Chip chip) {
    var total = trainCost.plus(evaluation.cost());
    var energy = chip.energy(total);
    String joules =
        energy.joules().isPresent()
            ? "%.4g J, modelled".formatted(energy.joules().getAsDouble())
            : "unknown: no public figure for %s (the rest: %.4g J)"
                .formatted(String.join(", ", energy.missing()), energy.knownJoules());
    double chipSeconds = total.cycles() / chip.preset().timing().clockHz();
    return """
    network        %s, %d-bit weights with %d fraction bits
    test accuracy  %.2f %% (%,d images, %d steps each, learning off)
    speed          %,.0f training samples/s
    timesteps      %,d
    synaptic ops   %,d forward, %,d backward, %,d learning
    chip cycles    %,d (%.3f s on %s)
                   network %,d; host link, apart, %,d
    chip energy    %s
    cores          %d
    wall time      %.1f s
    state digest   %s
    cost digest    %s
    """
        .formatted(
            shape(chip),
            state.recipe().weightBits(),
            state.recipe().fractionBits(),
            100 * evaluation.accuracy(),
            testSamples,
            state.recipe().testSteps(),
            samplesPerSecond,
            total.count(Counter.STEPS),
            total.count(Counter.FORWARD_OPERATIONS),
            total.count(Counter.BACKWARD_OPERATIONS),
            total.count(Counter.LEARNING_OPERATIONS),
            total.cycles(),
            chipSeconds,
            chip.preset().name(),
            total.networkCycles(),
            chip.hostCycles(total),
            joules,
            chip.coreNumbers().length,
            wallSeconds,
            stateDigest,
            costDigest);
  }

  /// Neurons of each layer: 784-128-10.
  private String shape(Chip chip) {
    var port = chip.image().samples().orElseThrow();
    return chip.size(port.data())
        + state.recipe().hidden().stream().map(n -> "-" + n).collect(Collectors.joining())
        + "-"
        + chip.size(port.vote());
  }
}
