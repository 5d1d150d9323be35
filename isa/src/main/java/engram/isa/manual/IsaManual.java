package engram.isa.manual;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.Reducer;
import engram.isa.Rounding;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Trigger;
import engram.isa.verify.Verifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The manual page of the instruction set, made from the tables that define it: `docs/isa.md`.
public final class IsaManual {
  private final StringBuilder page = new StringBuilder();

  private IsaManual() {}

  /// The page as Markdown.
  public static String markdown() {
    var manual = new IsaManual();
    manual.introduction();
    manual.instructions();
    manual.arithmetic();
    manual.reductions();
    manual.draws();
    manual.symbols();
    manual.activity();
    manual.limits();
    manual.words();
    return manual.page.toString();
  }

  private void text(String text) {
    page.append(text);
  }

  private void row(Object... cells) {
    page.append("| ")
        .append(Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(" | ")))
        .append(" |\n");
  }

  private void introduction() {
    text(
        """
        # The instruction set

        This page is made from the tables in the code by `./engram isa`; a test holds them equal. How to
        write a program is in [firmware.md](firmware.md), what a core does with it in [chip.md](chip.md),
        the draws in [random.md](random.md).

        A program is straight-line code over lanes: no loops, no branches, no computed addresses. Lanes are
        the neurons of a population (`neuron`), the rows of a projection (`row`, one for each source
        neuron) or its synapses (`synapse`). A lane has registers `r0` to `r15` (32 bits, signed),
        predicates `p0` to `p7` (`p0` is always true and can't be written) and one 64-bit accumulator
        `acc`. Any instruction can be predicated: `(p1) add r0, r0, 1` runs where `p1` is true,
        `(!p1) mov r0, 0` where it is false; elsewhere it changes nothing.

        A `reduce` barrier ends a section. At the start of a section registers and `acc` are 0 and
        predicates false; what is read must have been written before, in the same section.

        ```
        .program neuron lif
        .acc    in : s24 q(6)
        .field  v  : s24 q(6)
        .stream spike
        .active touched or v
                ld    r0, v
                mul   r0, r0, 3686, 12, zero    ; v * 0.9
                ld    r1, in
                add   r0, r0, r1
                cmpge p1, r0, 1 q(6)
          (p1)  emit  spike
          (p1)  mov   r0, 0
                st    v, r0
        ```
        """);
  }

  private void instructions() {
    text(
        """

        ## Instructions

        `b` is a register or a 32-bit constant. Cycles are per batch of SIMD lanes; a barrier adds a cycle a
        batch.

        | code | syntax | programs | cycles | unit | effect |
        |------|--------|----------|--------|------|--------|
        """);
    for (var opcode : Opcode.values()) {
      row(
          "%02x".formatted(opcode.code()),
          "`" + syntax(opcode) + "`",
          kinds(opcode.kinds()::contains),
          opcode.cycles(),
          opcode.unit().name().toLowerCase(Locale.ROOT),
          opcode.effect());
    }
  }

  private void arithmetic() {
    text(
        """

        ## Arithmetic

        A result is exact, then rounded, then narrowed to 32 bits by saturation, unless the effect says that
        it wraps. `acc` saturates at 64 bits; a row accumulator is 64 bits wide and wraps.

        | rounding | code | what it does |
        |----------|------|--------------|
        """);
    for (var rounding : Rounding.values()) {
      row("`" + rounding.keyword() + "`", rounding.ordinal(), meaning(rounding));
    }
    text(
        """

        A field or tag narrows what is stored to its width by its own policy:

        | policy | what it does |
        |--------|--------------|
        """);
    for (var overflow : Overflow.values()) {
      row("`" + overflow.keyword() + "`", meaning(overflow));
    }
    text(
        """

        A weight saturates, and symmetrically: of 8 bits to -127..127, of 1 bit to 0..1. It may be written
        once a program.
        """);
  }

  private void reductions() {
    text(
        """

        ## Reductions

        `reduce` reduces the last bid of each lane since the barrier before, over each group of lanes. In the
        next section every lane of the group reads the result: with `ld` as `reduced`, saturated to 32 bits;
        with `ldacc`, exact; and the winner of `argmax` as `winner`.

        | reduction | code | result | without a bidder |
        |-----------|------|--------|------------------|
        """);
    for (var reducer : Reducer.values()) {
      row("`" + reducer.keyword() + "`", reducer.ordinal(), meaning(reducer), nobody(reducer));
    }
  }

  private void draws() {
    text(
        """

        ## Draws and sites

        `draw`, `bern` and every `stochastic` rounding take fresh random bits: a pure function of seed, kind
        of program, population or projection, clock, site and lane ([random.md](random.md)). The site is the
        ordinal of the instruction among the drawing instructions of the source, counted over all sections,
        whether or not its predicate lets it draw. `.origin 3` keys all draws of a program with the clock as
        it was 3 steps ago.
        """);
  }

  private void symbols() {
    text(
        """

        ## Symbols

        Programs name what they work on; the assembler turns names into slots. Slots of declared symbols
        follow their order of declaration, those of built-in ones are fixed.

        | name | slot | declared by | `ld` by | `st` by | ages | what it is |
        |------|------|-------------|---------|---------|------|------------|
        """);
    for (var role : SymbolRole.values()) {
      row(
          role.builtIn() ? "`" + role.keyword() + "`" : "`." + role.keyword() + "`",
          role.builtIn() ? Symbol.slotOf(role) : "declared",
          kinds(role.kinds()::contains),
          kinds(role::readBy),
          kinds(role::writtenBy),
          ages(role),
          role.meaning());
    }
    text(
        """

        `v@2` is v as it was two steps ago, `v@age` as it was so many steps ago as the register `age` says.
        An age register is a global register of type `u1` to `u6`; its largest value must be an age that the
        symbol has. A stream reads as its payload, 1 for a plain event, 0 for none. A row's accumulator is
        read by `ldacc` in the step after the one that filled it; a stream with `sums` carries it, exact, in
        place of a payload, and the run stops if the accumulator's type does not hold it.
        """);
  }

  private void activity() {
    text(
        """

        ## Triggers and activity

        A row or synapse program runs for a row, or a synapse, for which one of its triggers fires; `cause`
        tells which. A trigger joins terms with `and`: `pre@a` (an event for the row), `post.s@a` (an event
        on a stream of the target neuron), `every n at k` or `step` (the step within the sample), a global
        register that is not zero.

        A lane that `.active` leaves out runs nothing and draws nothing: `when f != 0` leaves out lanes
        whose field f is zero (in a synapse program: a field of the row), `touched or f` those where no
        accumulator has an input (a row: no event came) and f is zero. The verifier proves that such a lane
        would have stored what is there, and emitted, bid, added and killed nothing.
        """);
  }

  private void limits() {
    text(
        """

        ## Limits

        | what | at most |
        |------|---------|
        """);
    row("declared symbols of a program, and tables", Symbol.DECLARED);
    row("tags of a synapse", Symbol.TAGS);
    row("triggers", Trigger.MOST);
    row("sections of a neuron program", Verifier.SECTIONS);
    row("drawing instructions of a program", Verifier.SITES);
    row("history of a symbol, the present step included", Symbol.HISTORY);
    row("age of `pre`, `post`, `payload`, a register, `step`, the origin", Symbol.HISTORY - 1);
  }

  private void words() {
    text(
        """

        ## The instruction word

        An instruction is a 64-bit word.

        | bits | field | meaning |
        |------|-------|---------|
        """);
    for (var field : InstructionField.values()) {
      int high = field.low() + field.bits() - 1;
      row(field.bits() == 1 ? high : high + "-" + field.low(), field.name(), meaning(field));
    }
    text(
        """

        Where the operands of the syntax are:

        | operand | fields | range |
        |---------|--------|-------|
        """);
    for (var operand : Operand.values()) {
      row("`" + syntax(operand) + "`", fields(operand), range(operand));
    }
    var example =
        Instruction.of(Opcode.MUL)
            .with(InstructionField.PREDICATE, 1)
            .with(InstructionField.NOT, 1)
            .with(InstructionField.A, 2)
            .with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, -3)
            .with(InstructionField.SHIFT, 12)
            .with(InstructionField.ROUNDING, Rounding.NEAREST.ordinal());
    text(
        """

        Fields that an instruction does not use are zero; a word with anything else there is refused, so
        that no two words mean the same. `(!p1) mul r0, r2, -3, 12, nearest` is `%016x`.
        """
            .formatted(example.word()));
  }

  private static String syntax(Opcode opcode) {
    return (opcode.mnemonic()
            + " "
            + opcode.format().operands().stream()
                .map(IsaManual::syntax)
                .collect(Collectors.joining(", ")))
        .strip()
        .replace(", [", "[, ");
  }

  private static String syntax(Operand operand) {
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
      case REDUCER -> "reduction";
      case BITS -> "bits";
      case SHIFT -> "shift";
      case FRACTION -> "fraction";
      case ROUNDING -> "[rounding]";
      case PAYLOAD -> "[payload]";
    };
  }

  private static String fields(Operand operand) {
    return switch (operand) {
      case RD, PD -> "D";
      case RA, PA -> "A";
      case PB -> "B";
      case B, PAYLOAD -> "CONSTANT 0: B; CONSTANT 1: IMMEDIATE";
      case SYMBOL, TABLE, TRIGGER, BITS, SHIFT -> "SHIFT";
      case AGED_SYMBOL ->
          "SHIFT; CONSTANT 0: IMMEDIATE is the age; CONSTANT 1: its register's slot";
      case REDUCER, ROUNDING -> "ROUNDING";
      case FRACTION -> "IMMEDIATE";
    };
  }

  private static String range(Operand operand) {
    return switch (operand) {
      case RD, RA -> "r0 to r15";
      case B -> "r0 to r15, or a signed 32-bit constant";
      case PAYLOAD -> "as b; left out it is 1";
      case PD -> "p1 to p7";
      case PA, PB -> "p0 to p7";
      case SYMBOL -> "slot of a symbol";
      case AGED_SYMBOL -> "age 0 to 63; left out it is 0";
      case TABLE, TRIGGER -> "in order of declaration, from 0";
      case REDUCER -> "code of a reduction";
      case BITS -> "1 to 31";
      case SHIFT -> "0 to 63";
      case FRACTION -> "0 to 16";
      case ROUNDING -> "code of a rounding; left out it is `down`";
    };
  }

  private static String kinds(Predicate<ProgramKind> has) {
    var kinds = Arrays.stream(ProgramKind.values()).filter(has).toList();
    if (kinds.isEmpty()) {
      return "-";
    }
    return kinds.size() == ProgramKind.values().length
        ? "all"
        : kinds.stream().map(ProgramKind::keyword).collect(Collectors.joining(", "));
  }

  private static String ages(SymbolRole role) {
    boolean read = Arrays.stream(ProgramKind.values()).anyMatch(role::readBy);
    return switch (role.ages()) {
      case NONE -> read ? "0" : "-";
      case OWN_HISTORY -> "less than its `history`";
      case HISTORY_THERE -> "less than its `history` there";
      case ANY -> "0 to 63";
    };
  }

  private static String meaning(Rounding rounding) {
    return switch (rounding) {
      case DOWN -> "toward minus infinity";
      case TOWARD_ZERO -> "toward zero";
      case NEAREST -> "to nearest, half toward plus infinity";
      case STOCHASTIC -> "up with the probability of the dropped fraction; takes a draw";
    };
  }

  private static String meaning(Overflow overflow) {
    return switch (overflow) {
      case SATURATE -> "the nearest value that fits; the default";
      case WRAP -> "the low bits";
      case STOP -> "the run ends with an error that names program, lane and field";
    };
  }

  private static String meaning(Reducer reducer) {
    return switch (reducer) {
      case SUM -> "exact sum, 64 bits";
      case MAX -> "largest bid";
      case ANY -> "1 if some bid is not 0, else 0";
      case ARGMAX -> "largest bid; `winner` is the index of its bidder, of several the lowest";
    };
  }

  private static String nobody(Reducer reducer) {
    return switch (reducer) {
      case SUM, ANY -> "0";
      case MAX -> "-2147483648";
      case ARGMAX -> "-2147483648; `winner` is -1";
    };
  }

  private static String meaning(InstructionField field) {
    return switch (field) {
      case OPCODE -> "which instruction";
      case NOT -> "1: run where the predicate is false";
      case PREDICATE -> "p0 to p7";
      case D -> "destination register or predicate";
      case A -> "first source register or predicate";
      case B -> "second source register or predicate";
      case CONSTANT -> "1: IMMEDIATE in place of register B; of an age: it is a register";
      case ROUNDING -> "code of a rounding or reduction";
      case SHIFT -> "shift, number of bits, or slot of a symbol, table or trigger";
      case IMMEDIATE -> "constant, age, or fraction bits; signed";
    };
  }
}
