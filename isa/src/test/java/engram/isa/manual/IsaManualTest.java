package engram.isa.manual;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Overflow;
import engram.isa.Reducer;
import engram.isa.Rounding;
import engram.isa.assembler.Assembler;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The manual page: all of the tables is in it, what it says works, and the file is up to date.
final class IsaManualTest {
  private static final Path PAGE = Path.of("..", "docs", "isa.md");
  private static final String MANUAL = IsaManual.markdown();

  @Test
  void thePageInTheTreeIsTheOneThatTheCodeMakes() throws IOException {
    assertThat(Files.readString(PAGE))
        .as("docs/isa.md is out of date: ./engram isa > docs/isa.md")
        .isEqualTo(MANUAL);
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void everyInstructionHasARow(Opcode opcode) {
    var row =
        Pattern.compile(
            "^\\| %02x \\| `%s[^|]*` \\| [^|]+ \\| %d \\| %s \\| (.*) \\|$"
                .formatted(
                    opcode.code(),
                    opcode.mnemonic(),
                    opcode.cycles(),
                    opcode.unit().name().toLowerCase(Locale.ROOT)),
            Pattern.MULTILINE);
    var match = row.matcher(MANUAL);
    assertThat(match.find()).as(opcode.mnemonic()).isTrue();
    assertThat(match.group(1)).isEqualTo(opcode.effect());
    assertThat(match.find()).as("a second row").isFalse();
  }

  @Test
  void everyFieldOperandRoundingReductionPolicyAndSymbolIsNamed() {
    for (var field : InstructionField.values()) {
      assertThat(MANUAL).contains(" | " + field.name() + " | ");
    }
    Arrays.stream(Rounding.values())
        .forEach(
            r -> assertThat(MANUAL).contains("| `%s` | %d |".formatted(r.keyword(), r.ordinal())));
    Arrays.stream(Reducer.values())
        .forEach(
            r -> assertThat(MANUAL).contains("| `%s` | %d |".formatted(r.keyword(), r.ordinal())));
    Arrays.stream(Overflow.values())
        .forEach(o -> assertThat(MANUAL).contains("| `%s` | ".formatted(o.keyword())));
    for (var role : SymbolRole.values()) {
      assertThat(MANUAL).contains("| `" + (role.builtIn() ? "" : ".") + role.keyword() + "` | ");
    }
    assertThat(MANUAL.lines().filter(l -> l.startsWith("| `rd` |"))).hasSize(1);
  }

  /// A table breaks where a cell has a bar in it.
  @Test
  void tablesAreWellFormed() {
    var lines = MANUAL.lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("|") && lines.get(i - 1).startsWith("|")) {
        assertThat(bars(lines.get(i))).as(lines.get(i)).isEqualTo(bars(lines.get(i - 1)));
      }
    }
  }

  private static long bars(String line) {
    return line.replace("\\|", "").chars().filter(c -> c == '|').count();
  }

  @Test
  void theProgramOnThePagePassesTheVerifier() {
    var block = Pattern.compile("```\n(.*?)```", Pattern.DOTALL).matcher(MANUAL);
    assertThat(block.find()).isTrue();
    var assembly = Assembler.assemble("isa.md", block.group(1), Map.of());
    assertThat(Verifier.verify(assembly.program()).cycles()).isEqualTo(9);
  }

  @Test
  void theWordOnThePageIsItsInstruction() {
    var word = Pattern.compile("`\\(!p1\\) (.*)` is `([0-9a-f]{16})`").matcher(MANUAL);
    assertThat(word.find()).isTrue();
    String source = ".program neuron n\nmov r2, 0\ncmpeq p1, r2, 0\n(!p1) " + word.group(1) + "\n";
    var program = Assembler.assemble("isa.md", source, Map.of()).program();
    assertThat("%016x".formatted(program.words()[2])).isEqualTo(word.group(2));
  }
}
