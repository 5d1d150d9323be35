package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.testing.RandomPrograms;
import engram.isa.testing.Universe;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/// `assemble(disassemble(x)) == x`, for words and for whole programs.
final class RoundTripTest {
  private static final Set<Opcode> SEEN = EnumSet.noneOf(Opcode.class);

  /// Declarations of every sort, in a program of the kind that has the most to name.
  private static Program header(Opcode opcode) {
    boolean synapse = opcode.format().has(Operand.TRIGGER);
    return Universe.of(synapse ? ProgramKind.SYNAPSE : ProgramKind.NEURON).header();
  }

  private static Program with(Program header, long... words) {
    return new Program(
        header.kind(),
        header.name(),
        header.symbols(),
        header.tables(),
        header.triggers(),
        header.activity(),
        header.originAge(),
        words);
  }

  @Property(tries = 5000, seed = "41")
  void wordsOfEveryFormat(@ForAll Opcode opcode, @ForAll long seed) {
    var header = header(opcode);
    var word = RandomPrograms.word(opcode, header, new Random(seed));
    var program = with(header, word.word());
    assertThat(Sources.program(Disassembler.disassemble(program))).isEqualTo(program);
    SEEN.add(opcode);
  }

  @AfterContainer
  static void everyOpcodeWasSeen() {
    assertThat(SEEN).containsExactlyInAnyOrder(Opcode.values());
  }

  /// A word with bits turned over is refused, or it is another instruction that comes back as it
  /// is: no two words are one text.
  @Property(tries = 5000, seed = "42")
  void turnedBitsAreRefusedOrComeBack(@ForAll Opcode opcode, @ForAll long seed) {
    var random = new Random(seed);
    var header = header(opcode);
    long word = RandomPrograms.word(opcode, header, random).word();
    int flips = 1 + random.nextInt(3);
    for (int i = 0; i < flips; i++) {
      word ^= 1L << random.nextInt(64);
    }
    if (new Instruction(word).faults().isEmpty() && named(header, new Instruction(word))) {
      var program = with(header, word);
      assertThat(Sources.program(Disassembler.disassemble(program))).isEqualTo(program);
    }
  }

  private static boolean named(Program header, Instruction in) {
    return in.opcode().format().operands().stream()
        .allMatch(operand ->
            switch (operand) {
              case SYMBOL -> header.symbol(in.slot()) != null;
              case AGED_SYMBOL ->
                  header.symbol(in.slot()) != null
                      && (!in.constant()
                          || header.symbol(in.immediate()) != null
                              && header.symbol(in.immediate()).role() == SymbolRole.GLOBAL);
              case TABLE -> in.slot() < header.tables().size();
              case TRIGGER -> in.slot() < header.triggers().size();
              default -> true;
            });
  }

  @Provide
  Arbitrary<Program> programs() {
    return Arbitraries.randomValue(RandomPrograms::program);
  }

  @Property(tries = 1000, seed = "43")
  void wholePrograms(@ForAll("programs") Program program) {
    String text = Disassembler.disassemble(program);
    assertThat(Sources.program(text)).as(text).isEqualTo(program);
    assertThat(Disassembler.disassemble(Sources.program(text))).isEqualTo(text);
  }

  @Example
  void theTextIsMadeToBeRead() {
    var source =
        """
        .program synapse rule
        .tag e : s12 q(4) wrap = -5
        .row x
        .post v
        .global age : u3
        .table t : s8 =
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
            13
        .trigger pair = pre@2 and post.v and every 4 at 1 and age@3
        .active when x != 0
        .origin 2
               ld     r0, v@age
         (!p1) mul    r0, r0, -3, 12, nearest
          (p2) emit   v
               cause  p1, pair
               kill
        """;
    var program =
        Sources.program(
            source
                .replace(".global age : u3", ".global age : u3 = 0 ; an age")
                .replace("r0, r0, -3, 12", "r0, r0, 2 - 5, 3 << 2"));
    assertThat(Disassembler.disassemble(program)).isEqualTo(source);
  }
}
