package engram.cli.bench;

import engram.chip.Chip;
import engram.chip.SamplePlayer;
import engram.cli.data.DataStore;
import engram.firmware.data.LabelledImages;
import engram.firmware.ssnn.SsnnSettings;
import java.io.IOException;
import java.util.List;

/// The digits of MNIST, and the networks that learn them.
///
/// @param hidden neurons of the hidden layer
record Digits(LabelledImages images, int hidden, Setting setting) {
  static final List<String> NETWORKS = List.of("784-128-10", "784-512-10");

  /// Hidden neurons of the first of them, which does most samples in a time.
  private static final int SMALLEST = 128;

  /// @param network one of `NETWORKS`
  static Digits load(String network, Setting setting) throws IOException {
    var images = new DataStore().load("mnist").train();
    return new Digits(images, Integer.parseInt(network.split("-", -1)[1]), setting);
  }

  SsnnSettings settings() {
    return SsnnSettings.defaults().withHidden(hidden);
  }

  /// In samples.
  ChipTrial.Plan plan() {
    return setting.quick()
        ? new ChipTrial.Plan(2, 2, 2, 1)
        : new ChipTrial.Plan(
            10, 20_000 * SMALLEST / hidden, 5_000 * SMALLEST / hidden, 400 * SMALLEST / hidden);
  }

  Presentation training(Chip chip) {
    return new Presentation(chip, true);
  }

  Presentation inference(Chip chip) {
    return new Presentation(chip, false);
  }

  Measurement report(ChipTrial trial, Measurement measurement) {
    double steps = settings().steps();
    return measurement
        .put(
            "samples_per_second", trial.tally(ChipTrial.COMPILED).perSecond(l -> l.steps() / steps))
        .put(
            "cpu_samples_per_second",
            trial.tally(ChipTrial.COMPILED).perCpuSecond(l -> l.steps() / steps));
  }

  /// Shows a chip one image after the other, back to back.
  final class Presentation {
    private final SamplePlayer player;
    private final boolean learn;
    private final int[] pixels = new int[images.size()];
    private int next;

    private Presentation(Chip chip, boolean learn) {
      this.learn = learn;
      player = new SamplePlayer(chip, (_, _) -> {});
    }

    void present(int samples) {
      for (int i = 0; i < samples; i++) {
        int image = next % images.count();
        images.pixels(image, pixels);
        int label = learn ? images.label(image) : SamplePlayer.UNLABELLED;
        player.present(pixels, label, learn, next, image, settings().steps());
        next++;
      }
    }
  }
}
