package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.testing.RandomPrograms;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever stands in a source file, assembling it ends in a program or in diagnostics that point
/// into the file.
final class DamagedSourceTest {
  private static final String CHARACTERS = "\n\t ,;.:=@()!+-*/%~&|^<>qrp019xvé\0";

  @Test
  void anyTextEndsInAProgramOrInDiagnostics() {
    var random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      String text = damage(Disassembler.disassemble(RandomPrograms.program(random)), random);
      try {
        Assembler.assemble("t.s", text, Map.of());
      } catch (AssemblyException e) {
        refused++;
        long lines = Math.max(1, text.lines().count());
        for (var diagnostic : e.diagnostics()) {
          assertThat(diagnostic.line()).as(text).isBetween(1, (int) lines);
          assertThat(diagnostic.column()).isBetween(1, diagnostic.text().length() + 1);
          assertThat(diagnostic.message()).isNotBlank();
        }
      }
    }
    assertThat(refused).isBetween(1000, 2999);
  }

  private static String damage(String text, Random random) {
    var damaged = new StringBuilder(text);
    for (int i = 1 + random.nextInt(3); i > 0 && !damaged.isEmpty(); i--) {
      int at = random.nextInt(damaged.length());
      char c = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
      switch (random.nextInt(4)) {
        case 0 -> damaged.insert(at, c);
        case 1 -> damaged.setCharAt(at, c);
        case 2 -> damaged.deleteCharAt(at);
        default -> damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(30)));
      }
    }
    return damaged.toString();
  }
}
