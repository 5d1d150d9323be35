package engram.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.assembler.Assembler;
import engram.isa.assembler.Disassembler;
import engram.isa.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FirmwareLibraryTest {
  private static final Path SOURCES = Path.of("src/main/resources/engram/firmware");

  @Test
  void listsEveryProgramThatIsThere() throws IOException {
    try (var files = Files.walk(SOURCES)) {
      var found =
          files
              .map(SOURCES::relativize)
              .map(Path::toString)
              .filter(f -> f.endsWith(".s"))
              .map(f -> f.substring(0, f.length() - 2))
              .toList();
      assertThat(Firmware.names()).containsExactlyInAnyOrderElementsOf(found).isSorted();
    }
  }

  static Iterable<String> names() {
    return Firmware.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyProgramPassesTheVerifierAndSurvivesTheDisassembler(String name) {
    String source = Firmware.library().source(name);
    var program = Assembler.assemble(name, source, Map.of()).program();
    assertThat(Verifier.verify(program).cycles()).isPositive();
    assertThat(name).endsWith("/" + program.name());
    var again = Assembler.assemble(name, Disassembler.disassemble(program), Map.of()).program();
    assertThat(again).isEqualTo(program);
  }
}
