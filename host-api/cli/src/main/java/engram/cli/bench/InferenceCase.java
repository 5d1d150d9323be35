package engram.cli.bench;

import engram.chip.Chip;
import engram.chip.Snapshot;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.ssnn.SsnnNetwork;
import engram.isa.image.ChipImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// Classification alone, with the weights that some training has left.
final class InferenceCase implements BenchCase {
  @Override
  public String letter() {
    return "b";
  }

  @Override
  public String title() {
    return "SSNN-BP inference on MNIST";
  }

  @Override
  public List<String> variants() {
    return Digits.NETWORKS;
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    var digits = Digits.load(variant, setting);
    var preset = Presets.named("engram-1");
    Supplier<ChipImage> network =
        () ->
            Mapper.map(SsnnNetwork.of(digits.settings()), preset.spec(), Firmware.library())
                .image();
    var trained = new ByteArrayOutputStream();
    try (var teacher = Chip.load(preset, network.get(), ChipTrial.compiled())) {
      digits.training(teacher).present(setting.size(3_000, 10));
      teacher.snapshot("", trained);
    }
    var snapshot = Snapshot.read(new ByteArrayInputStream(trained.toByteArray()));
    var trial =
        new ChipTrial(
            setting,
            preset,
            network,
            chip -> digits.inference(snapshot.onto(chip))::present,
            digits.plan());
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    return digits.report(trial, measurement);
  }
}
