package engram.cli.bench.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.SamplePlayer;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Presets;
import engram.cli.common.Median;
import engram.cli.data.DataStore;
import engram.client.Engram;
import engram.client.Firmware;
import engram.client.Play;
import engram.client.PlayOptions;
import engram.firmware.data.LabelledImages;
import engram.firmware.mapper.Mapper;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.compile.CompiledEngine;
import engram.isa.image.ImageCodec;
import java.io.IOException;

/// Training 784-128-10 through the socket and in this process, in turn.
final class TrainingCase implements HostCase {
  /// Rounds that do not count: until then the compilers of both processes are at work, and there
  /// are no processors to spare for them.
  private static final int WARM_UP = 20;

  @Override
  public String name() {
    return "training";
  }

  @Override
  public void measure(int rounds, boolean quick, ObjectNode result) throws IOException {
    var images = new DataStore().load("mnist").train();
    var settings = SsnnSettings.defaults();
    var preset = Presets.named("engram-1");
    var image =
        Mapper.map(SsnnNetwork.of(settings), preset.spec(), engram.firmware.Firmware.library())
            .image();
    int samples = quick ? 50 : 10_000;
    double[] here = new double[rounds];
    double[] there = new double[rounds];
    double[] ratios = new double[rounds];
    var options = new ChipOptions(new CompiledEngine(), 1, NocFidelity.ANALYTIC, false);
    try (var server = new ServerProcess();
        var connection = Engram.connect(server.uri());
        var remote = connection.lease(preset.name());
        var local = Chip.load(preset, image, options)) {
      remote.load(Firmware.image(ImageCodec.encode(image)));
      // Both chips go through the same states, and both compilers get the same time.
      for (int round = -WARM_UP; round < rounds; round++) {
        int first = (round + WARM_UP) * samples;
        double own = samples / local(local, images, first, samples, settings.steps());
        try (var play = remote.play(PlayOptions.train().withFirstNumber(first), _ -> {})) {
          double other = samples / remote(play, images, first, samples);
          if (round >= 0) {
            here[round] = own;
            there[round] = other;
            ratios[round] = other / own;
          }
        }
      }
      result.put("same_state", remote.digests().state().equals(local.stateDigest()));
    }
    result.put("in_process_samples_per_second", Median.of(here));
    result.put("samples_per_second", Median.of(there));
    result.put("ratio", Median.of(ratios));
  }

  private static double local(Chip chip, LabelledImages images, int first, int samples, int steps) {
    var player = new SamplePlayer(chip, (_, _) -> {});
    int[] values = new int[images.size()];
    long start = System.nanoTime();
    for (int i = first; i < first + samples; i++) {
      int image = i % images.count();
      images.pixels(image, values);
      player.present(values, images.label(image), true, i, i, steps);
    }
    player.drain();
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double remote(Play play, LabelledImages images, int first, int samples) {
    int[] values = new int[images.size()];
    long start = System.nanoTime();
    for (int i = first; i < first + samples; i++) {
      int image = i % images.count();
      images.pixels(image, values);
      play.present(values, images.label(image));
    }
    play.finish();
    return (System.nanoTime() - start) * 1e-9;
  }
}
