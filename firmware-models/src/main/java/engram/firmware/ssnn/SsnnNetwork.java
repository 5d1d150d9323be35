package engram.firmware.ssnn;

import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import engram.isa.image.SamplePort;
import java.util.ArrayList;
import java.util.List;

/// SSNN-BP as a network, after Biswas, Saraswat, Ganguly (arXiv 2207.09755).
///
/// Layer 0 is the input, layers 1 to D are hidden, D + 1 is the output. Data leave at step s, layer
/// l acts on them at s + l, the winner is known at s + D + 1, the gradient spikes of layer l fire
/// at s + 2D + 2 - l. So layer l lags by l, and learns from what it saw 2 (D + 1 - l) steps ago.
public final class SsnnNetwork {
  /// Register that is 1 while a sample teaches.
  public static final String LEARN = "learn";

  /// Register with the probability that a coincidence counts, of 65536.
  public static final String RATE = "rate";

  /// Value of a line that spikes in every step.
  private static final int ALWAYS = 256;

  /// Mean number of active pixels that the first layer's initial weights are scaled for.
  private static final double ACTIVE_INPUTS = 100;

  private static final double HIDDEN_BIAS = 0.1;
  private static final NumberFormat LABEL_WEIGHT = NumberFormat.unsigned(1);

  private SsnnNetwork() {}

  /// Name of the population of a layer, the output included.
  public static String layer(SsnnSettings settings, int layer) {
    return layer == 0 ? "image" : layer > settings.hidden().size() ? "output" : "hidden" + layer;
  }

  /// Name of the projection into a layer from the one below.
  public static String weights(int layer) {
    return "w" + layer;
  }

  /// Name of the projection from the bias line into a layer.
  public static String bias(int layer) {
    return "b" + layer;
  }

  /// Name of the mirror of the projection into a layer.
  public static String mirror(int layer) {
    return "m" + layer;
  }

  /// Builds the network.
  public static Network of(SsnnSettings settings) {
    int depth = settings.hidden().size();
    var builder = Network.named("ssnn-bp").seed(settings.seed());
    var encoder = ProgramRef.of("encoders/bernoulli");
    builder.add(Population.of("image", settings.inputs(), encoder));
    builder.add(Population.of("label", settings.classes(), encoder));
    builder.add(Population.of("bias", 1, encoder).withValues("x", ALWAYS));
    for (int l = 1; l <= depth; l++) {
      builder.add(
          Population.of(layer(settings, l), settings.hidden().get(l - 1), hidden(settings, l))
              .withLag(l)
              .onCores(settings.hiddenCores()));
    }
    builder.add(
        Population.of("output", settings.classes(), output(settings))
            .withLag(depth + 1)
            .recording("spike"));

    var type = new NumberFormat(true, settings.weightBits(), settings.fractionBits());
    List<Projection> forward = new ArrayList<>();
    for (int l = 1; l <= depth + 1; l++) {
      var learn = ProgramRef.of("ssnn/coincidence").with("AGE", age(depth, l));
      String into = layer(settings, l);
      var weights =
          Projection.named(weights(l))
              .from(layer(settings, l - 1), "spike")
              .to(into, "drive")
              .weights(type, new Weights.Uniform(initial(settings, l)))
              .learning(learn)
              .build();
      builder.add(weights);
      builder.add(
          Projection.named(bias(l))
              .from("bias", "spike")
              .to(into, "drive")
              .weights(type, new Weights.Constant(l <= depth ? HIDDEN_BIAS : 0))
              .learning(learn));
      forward.add(weights);
    }
    for (int l = 2; l <= depth + 1; l++) {
      builder.add(
          Projection.mirror(mirror(l), forward.get(l - 1))
              .from(layer(settings, l), "gplus", 1, 1)
              .from(layer(settings, l), "gminus", -1, 1)
              .into("error")
              .learning(ProgramRef.of("ssnn/coincidence_mirror").with("AGE", age(depth, l - 1))));
    }
    builder.add(
        Projection.named("labels")
            .from("label", "spike", 1, depth + 1)
            .to("output", "label")
            .weights(LABEL_WEIGHT, new Weights.OneToOne(1)));
    builder.samples(
        new SamplePort(
            "image", "x", "label", "x", ALWAYS, "output", "spike", LEARN, settings.steps()));
    return builder.build();
  }

  /// Steps from a forward spike of a layer to the gradient spike that answers it.
  static int age(int depth, int layer) {
    return 2 * (depth + 1 - layer);
  }

  private static double initial(SsnnSettings settings, int layer) {
    return layer == 1
        ? Math.sqrt(3 / ACTIVE_INPUTS) * settings.initScale()
        : Math.sqrt(3.0 / settings.hidden().get(layer - 2));
  }

  private static ProgramRef hidden(SsnnSettings settings, int layer) {
    int average = settings.membrane().average();
    var program =
        ProgramRef.of(average == 0 ? "ssnn/hidden" : "ssnn/hidden_average")
            .with("F", settings.fractionBits())
            .with("AGE", age(settings.hidden().size(), layer));
    return average == 0 ? program : program.with("N", average);
  }

  private static ProgramRef output(SsnnSettings settings) {
    return ProgramRef.of("ssnn/output")
        .with("F", settings.fractionBits())
        .with("QUIET", settings.quietSteps());
  }
}
