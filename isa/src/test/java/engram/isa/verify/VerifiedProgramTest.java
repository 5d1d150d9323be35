package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// What the verifier knows about a program that it passed.
final class VerifiedProgramTest {
  /// Cycles of the table as it was published: a change of one is a change of the machine.
  private static int cycles(Opcode opcode) {
    return switch (opcode) {
      case MOV, LD, ST, LDACC, ADD, SUB, ADDW, SUBW, MIN, MAX, AND, OR, XOR, NEG, ABS, SGN, CLZ ->
          1;
      case SHL, SHLW, SHR, SHRU, NAR, CMPEQ, CMPNE, CMPLT, CMPLE, CMPGT, CMPGE -> 1;
      case PAND, POR, PXOR, PNOT, EMIT, BID, CAUSE, KILL -> 1;
      case MUL, MACZ, MAC, MAS, LUT, DRAW, BERN -> 2;
      case ROWADD -> 3;
      case LERP -> 4;
      case REDUCE -> 8;
    };
  }

  @Property(tries = 300, seed = "51")
  void cyclesAreTheSumOverTheTable(@ForAll ProgramKind kind, @ForAll long seed) {
    var random = new Random(seed);
    var opcodes = Words.opcodes(kind);
    var body =
        IntStream.range(0, random.nextInt(30))
            .mapToObj(_ ->
                Words.random(
                    opcodes.get(random.nextInt(opcodes.size())), random, Universe.of(kind)))
            .toList();
    var program = Universe.of(kind).program(body);
    int expected =
        program.instructions().stream().map(Instruction::opcode).mapToInt(o -> cycles(o)).sum();
    assertThat(Verifier.verify(program).cycles()).isEqualTo(expected);
  }

  @Example
  void barriersEndSectionsAndAreCountedApart() {
    var verified =
        Sources.verified(
            """
            .program neuron n
            .group pool
            .table t : s8 = 1, 2
                    ld     r0, index
                    lerp   r0, t, r0, 3
                    bid    r0
                    reduce max, pool
                    ld     r0, reduced
                    mul    r0, r0, r0, 4
                    bid    r0
                    reduce sum, pool
                    ldacc  reduced
            """);
    assertThat(verified.sections())
        .containsExactly(
            new VerifiedProgram.Section(0, 3, 3, 6),
            new VerifiedProgram.Section(4, 7, 7, 4),
            new VerifiedProgram.Section(8, 9, -1, 1));
    assertThat(verified.cycles()).isEqualTo(11);
  }

  @Example
  void sitesAreCountedInProgramOrderPredicatedOrNot() {
    var verified =
        Sources.verified(
            """
            .program neuron n
            .group pool
                    draw   r0, 3
                    cmpeq  p1, r0, 0
              (p1)  mul    r0, r0, 3, 1, stochastic
                    mul    r0, r0, 3, 1, nearest
                    bid    r0
                    reduce sum, pool
                    ldacc  reduced
                    nar    r0, 2, stochastic
                    bern   p2, r0, 4
            """);
    assertThat(IntStream.range(0, 9).map(verified::site))
        .containsExactly(0, -1, 1, -1, -1, -1, -1, 2, 3);
  }

  @Example
  void knowsHowFarBackItLooks() {
    var verified =
        Sources.verified(
            """
            .program synapse s
            .post   v, spike, gate
            .global reward : s8
            .global age : u4
            .trigger a = pre@3 and post.spike@9
            .trigger b = reward@2
                    ld r0, v@4
                    ld r0, v@1
                    ld r0, gate@age
                    ld r0, reward@1
                    ld r0, payload@5
            """);
    assertThat(IntStream.range(0, 5).map(verified::oldestRead)).containsExactly(4, 9, 15, 2, 0);
    assertThat(verified.oldestArrival()).isEqualTo(5);
    assertThat(verified.uses(Opcode.LD)).isTrue();
    assertThat(verified.uses(Opcode.KILL)).isFalse();
    assertThat(List.of(verified.kind(), verified.toString()))
        .isEqualTo(List.of(ProgramKind.SYNAPSE, "synapse program s"));
  }

  @Example
  void arrivalsCanBeLookedBackAtByRegister() {
    String source =
        """
        .program row r
        .global age : u3
        .trigger a = pre
                ld r0, payload@age
        """;
    assertThat(Sources.verified(source).oldestArrival()).isEqualTo(7);
    assertThat(Sources.verified(source.replace("@age", "")).oldestArrival()).isZero();
  }
}
