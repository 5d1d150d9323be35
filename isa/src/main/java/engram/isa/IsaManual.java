package engram.isa;

import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The manual page of the instruction set, made from the tables that define it: `docs/isa.md`.
public final class IsaManual {
  private IsaManual() {}

  /// The page as Markdown.
  public static String markdown() {
    var lines = new ArrayList<String>();
    lines.addAll(
        """
        # The instruction set

        This page is made from the opcode table by `./engram isa`; a test holds it equal to the code.
        How to write a program is in [firmware.md](firmware.md), what a core does with it in
        [chip.md](chip.md), the draws in [random.md](random.md).

        A program is straight-line code over lanes: no loops, no branches, no computed addresses. A lane
        has registers `r0` to `r15` (32 bits, signed), predicates `p0` to `p7` (`p0` is always true and
        can't be written) and one 64-bit accumulator `acc`. At the start of a section registers and `acc`
        are 0 and predicates false; what is read must have been written in the same section. Any
        instruction can be predicated: `(p1) add r0, r0, 1`, `(!p1) mov r0, 0`.

        `b` in an effect is a register or a constant. A result is exact, then rounded, then narrowed to
        32 bits by saturation, unless the effect says that it wraps. Roundings are `down` (toward minus
        infinity; the default), `zero` (toward zero), `nearest` (half toward plus infinity) and
        `stochastic` (up with the probability of the dropped fraction).

        ## Instructions

        | code | syntax | programs | cycles | unit | effect |
        |------|--------|----------|--------|------|--------|
        """
            .lines()
            .toList());
    for (var opcode : Opcode.values()) {
      lines.add(
          "| %02x | `%s` | %s | %d | %s | %s |"
              .formatted(
                  opcode.code(),
                  (opcode.mnemonic() + " " + operands(opcode)).strip(),
                  programs(opcode),
                  opcode.cycles(),
                  opcode.unit().name().toLowerCase(Locale.ROOT),
                  opcode.effect()));
    }
    lines.addAll(
        """

        Cycles are per batch of SIMD lanes. A barrier adds a cycle a batch.

        ## The instruction word

        | bits | field | meaning |
        |------|-------|---------|
        """
            .lines()
            .toList());
    for (var field : InstructionField.values()) {
      int high = field.low() + field.bits() - 1;
      lines.add(
          "| %s | %s | %s |"
              .formatted(
                  field.bits() == 1 ? String.valueOf(high) : high + "-" + field.low(),
                  field.name(),
                  meaning(field)));
    }
    lines.addAll(
        """

        Fields that the format of an instruction leaves out are zero; a word with anything else there is
        refused. Slots from 48 up are the built-in symbols.

        ## Symbols

        | name | slot | what it is |
        |------|------|------------|
        """
            .lines()
            .toList());
    for (var role : SymbolRole.values()) {
      lines.add(
          role.builtIn()
              ? "| `%s` | %d | %s |".formatted(role.keyword(), Symbol.slotOf(role), role.meaning())
              : "| `.%s` | declared | %s |".formatted(role.keyword(), role.meaning()));
    }
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static String operands(Opcode opcode) {
    return opcode.format().operands().stream()
        .map(IsaManual::operand)
        .collect(Collectors.joining(", "));
  }

  private static String operand(Operand operand) {
    return switch (operand) {
      case RD -> "rd";
      case RA -> "ra";
      case B -> "b";
      case PD -> "pd";
      case PA -> "pa";
      case PB -> "pb";
      case SYMBOL -> "symbol";
      case AGED_SYMBOL -> "symbol[@age]";
      case TABLE -> "table";
      case TRIGGER -> "trigger";
      case REDUCER ->
          Arrays.stream(Reducer.values()).map(Reducer::keyword).collect(Collectors.joining("/"));
      case BITS -> "bits";
      case SHIFT -> "shift";
      case FRACTION -> "fraction";
      case ROUNDING -> "[rounding]";
      case PAYLOAD -> "[b]";
    };
  }

  private static String programs(Opcode opcode) {
    return opcode.kinds().size() == ProgramKind.values().length
        ? "all"
        : List.of(ProgramKind.values()).stream()
            .filter(opcode.kinds()::contains)
            .map(ProgramKind::keyword)
            .collect(Collectors.joining(", "));
  }

  private static String meaning(InstructionField field) {
    return switch (field) {
      case OPCODE -> "which instruction";
      case NOT -> "1: run where the predicate is false";
      case PREDICATE -> "p0 to p7";
      case D -> "destination register or predicate";
      case A -> "first source register or predicate";
      case B -> "second source register or predicate";
      case CONSTANT ->
          "1: the second source is IMMEDIATE; of an age: IMMEDIATE is a register's slot";
      case ROUNDING -> "rounding, in the order above, or reduction: sum, max, any, argmax";
      case SHIFT -> "shift, number of bits, or slot of a symbol, table or trigger";
      case IMMEDIATE -> "constant, age, or fraction bits; signed";
    };
  }
}
