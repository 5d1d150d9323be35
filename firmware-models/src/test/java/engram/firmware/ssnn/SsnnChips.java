package engram.firmware.ssnn;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.SamplePlayer;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.data.LabelledImages;
import engram.firmware.mapper.Mapper;

/// SSNN-BP on chips, for tests.
final class SsnnChips {
  private SsnnChips() {}

  static Chip load(SsnnSettings settings) {
    return load(settings, Firmware.library(), ChipOptions.reference());
  }

  static Chip load(SsnnSettings settings, Firmware firmware, ChipOptions options) {
    var preset = Presets.named("engram-1");
    var mapping = Mapper.map(SsnnNetwork.of(settings), preset.spec(), firmware);
    return Chip.load(preset, mapping.image(), options);
  }

  /// Trains on images `from` to before `to`, in their order, and waits for the last update.
  static void train(Chip chip, LabelledImages images, int from, int to, int steps) {
    var player = new SamplePlayer(chip, (_, _) -> {});
    int[] values = new int[images.size()];
    for (int i = from; i < to; i++) {
      images.pixels(i, values);
      player.present(values, images.label(i), true, i, i, steps);
    }
    player.drain();
  }

  /// Share of the first images that get most votes for their label, learning off.
  static double accuracy(Chip chip, LabelledImages images, int count, int steps) {
    int[] right = {0};
    try (var fork = chip.fork()) {
      var player =
          new SamplePlayer(
              fork,
              (image, votes) -> {
                int best = 0;
                for (int k = 1; k < votes.length; k++) {
                  best = votes[k] > votes[best] ? k : best;
                }
                right[0] += best == images.label((int) image) ? 1 : 0;
              });
      int[] values = new int[images.size()];
      for (int i = 0; i < count; i++) {
        images.pixels(i, values);
        player.present(values, SamplePlayer.UNLABELLED, false, (1 << 30) + i, i, steps);
      }
      player.drain();
    }
    return (double) right[0] / count;
  }
}
