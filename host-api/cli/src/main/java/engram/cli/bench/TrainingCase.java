package engram.cli.bench;

import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.ssnn.SsnnNetwork;
import java.io.IOException;
import java.util.List;

/// Learning in the chip, as `engram train` does it.
final class TrainingCase implements BenchCase {
  @Override
  public String letter() {
    return "a";
  }

  @Override
  public String title() {
    return "SSNN-BP training on MNIST";
  }

  @Override
  public List<String> variants() {
    return Digits.NETWORKS;
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    var digits = Digits.load(variant, setting);
    var preset = Presets.named("engram-1");
    var trial =
        new ChipTrial(
            setting,
            preset,
            () ->
                Mapper.map(SsnnNetwork.of(digits.settings()), preset.spec(), Firmware.library())
                    .image(),
            chip -> digits.training(chip)::present,
            digits.plan());
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    return digits.report(trial, measurement);
  }
}
