package engram.isa.compile;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import engram.isa.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The vector code of four programs as text, held against files in the tree, so that a change of
/// the compiler shows in review. The code does not depend on how wide the machine's vectors are.
final class CompiledListingTest {
  private static final Path LISTINGS = Path.of("src/test/resources/engram/isa/compile");

  /// Set to write the files anew.
  private static final boolean RENEW = Boolean.getBoolean("engram.listings");

  @ParameterizedTest
  @CsvSource({
    "lif, ACTIVE_NEURONS",
    "hidden, NEURONS",
    "coincidence, ROWS",
    "trace, STAGED",
  })
  void isThatOfTheTree(String program, String mode) throws IOException {
    String listing = listing(program, mode);
    var file = LISTINGS.resolve(program + ".txt");
    if (RENEW) {
      Files.createDirectories(LISTINGS);
      Files.writeString(file, listing);
    }
    assertThat(listing)
        .as(
            "%s; if the change is meant: mvn test -pl firmware-models -am -Dengram.listings=true, and look at the diff",
            file)
        .isEqualTo(Files.readString(file));
  }

  private static String listing(String program, String mode) {
    var engine = new CompiledEngine(false);
    var preset = Presets.named("engram-1");
    var image = Mapper.map(network(), preset.spec(), Firmware.library()).image();
    var options = new ChipOptions(engine, 1, NocFidelity.ANALYTIC, false);
    Chip.load(preset, image, options).close();
    var listings =
        engine.compiled.keySet().stream()
            .filter(key -> key.program().name().equals(program))
            .filter(key -> key.variant().mode().name().equals(mode))
            .map(key ->
                new Compiler(Verifier.verify(key.program()), key.variant(), true, Piece.MOST))
            .map(compiler -> Listing.of(compiler.bytes()))
            .toList();
    assertThat(listings).hasSize(1);
    return listings.getFirst();
  }

  private static Network network() {
    return Network.named("listed")
        .add(Population.external("in", 4))
        .add(Population.of("a", 4, ProgramRef.of("neurons/lif")))
        .add(Population.of("b", 4, ProgramRef.of("ssnn/hidden")))
        .add(
            Projection.named("traced")
                .from("in", "spike")
                .to("a", "in")
                .weights(NumberFormat.signed(8), new Weights.Constant(1))
                .rows(ProgramRef.of("stdp/trace")))
        .add(
            Projection.named("learned")
                .from("in", "spike")
                .to("b", "drive")
                .weights(NumberFormat.signed(12), new Weights.Constant(1))
                .learning(ProgramRef.of("ssnn/coincidence")))
        .build();
  }
}
