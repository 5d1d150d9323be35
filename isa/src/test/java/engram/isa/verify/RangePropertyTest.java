package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.assembler.Assembler;
import engram.isa.assembler.Disassembler;
import engram.isa.exec.NeuronBench;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.testing.Edges;
import engram.isa.testing.RandomPrograms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The values that the verifier takes a result to have include all that it can have. What it takes
/// it to have is asked by what it believes: the least bound that it takes to be never passed.
final class RangePropertyTest {
  private static final List<NumberFormat> TYPES =
      List.of(
          NumberFormat.S32,
          NumberFormat.signed(8),
          NumberFormat.signed(1),
          NumberFormat.BIT,
          NumberFormat.unsigned(5),
          NumberFormat.unsigned(31),
          NumberFormat.signed(17));

  private static final String HEADER =
      """
      .program neuron n
      .field  x : X
      .field  y : Y
      .field  rests : u1
      .field  out : s32
      .stream spike
      .table  seven : s20 = -300000, 41, 7, -9, 500000, 12, 13
      .table  one   : u8  = 77
      """;

  /// What a section starts with: two registers of any value, two known ones, `acc`, predicates.
  private static final String START =
      """
              ld    r0, x
              ld    r1, y
              mov   r2, 5
              mov   r3, 0
              macz  r0, r1
              cmplt p1, r0, r1
              cmpeq p2, r2, 5
      """;

  /// Opcodes whose result is a number that depends on nothing but numbers.
  private static Set<Opcode> computing() {
    var computing = EnumSet.noneOf(Opcode.class);
    for (var opcode : Opcode.values()) {
      boolean number = opcode.format().has(Operand.RD) && opcode != Opcode.LD;
      boolean sum = opcode == Opcode.MACZ || opcode == Opcode.MAC || opcode == Opcode.MAS;
      if (number || sum) {
        computing.add(opcode);
      }
    }
    return computing;
  }

  @Test
  void alsoSumsAreTried() {
    assertThat(computing()).contains(Opcode.MAC, Opcode.LERP, Opcode.SHRU).hasSize(26);
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void aResultIsWhereTheVerifierTakesItToBe(Opcode opcode) {
    if (!computing().contains(opcode)) {
      return;
    }
    var random = new Random(opcode.code());
    int decided = 0;
    for (int i = 0; i < 60; i++) {
      decided += check(opcode, random) ? 1 : 0;
    }
    assertThat(decided).as("results that can't have any value").isGreaterThan(5);
  }

  /// True if the verifier knows more of the result than its width.
  private static boolean check(Opcode opcode, Random random) {
    var x = TYPES.get(random.nextInt(TYPES.size()));
    var y = TYPES.get(random.nextInt(TYPES.size()));
    String source = HEADER.replace("X", x.toString()).replace("Y", y.toString()) + START;
    var start = Assembler.assemble("n.s", source, Map.of()).program();
    var code = new ArrayList<>(start.instructions());
    var others = List.copyOf(computing());
    for (int before = random.nextInt(2); before > 0; before--) {
      code.add(word(others.get(random.nextInt(others.size())), start, random));
    }
    var word = word(opcode, start, random);
    code.add(word);
    boolean sum = !opcode.format().has(Operand.RD);
    int result = sum ? 2 : word.d();
    if (sum) {
      code.add(read(start, "nar r2, " + random.nextInt(40)));
    }
    int high = leastAccepted(start, code, result, Opcode.CMPGT);
    int low = -1 - leastAccepted(start, code, result, Opcode.CMPLT);
    var bench = new NeuronBench(storing(start, code, result), 400);
    bench.set("x", operands(x, random)).set("y", operands(y, random)).run();
    String text = Disassembler.disassemble(storing(start, code, result));
    for (int value : bench.get("out")) {
      assertThat(value).as(text).isBetween(low, high);
    }
    return low > Integer.MIN_VALUE || high < Integer.MAX_VALUE;
  }

  private static Instruction read(Program start, String line) {
    var all = Disassembler.disassemble(start) + line + "\n";
    return Assembler.assemble("n.s", all, Map.of()).program().instructions().getLast();
  }

  private static Instruction word(Opcode opcode, Program program, Random random) {
    var word = RandomPrograms.word(opcode, program, random);
    boolean predicated = random.nextInt(4) == 0;
    word =
        word.with(InstructionField.PREDICATE, predicated ? 1 + random.nextInt(2) : 0)
            .with(InstructionField.NOT, predicated ? random.nextInt(2) : 0);
    for (var operand : opcode.format().operands()) {
      word =
          switch (operand) {
            case RD -> word.with(InstructionField.D, word.d() & 3);
            case RA -> word.with(InstructionField.A, word.a() & 3);
            case B -> word.constant() ? word : word.with(InstructionField.B, word.b() & 3);
            default -> word;
          };
    }
    return word;
  }

  /// All pairs of what a type holds at its edges, then any.
  private static int[] operands(NumberFormat type, Random random) {
    int[] edges = {type.min(), type.max(), 0, type.saturate(-1), type.saturate(1)};
    int[] values = new int[400];
    Arrays.setAll(
        values,
        _ -> random.nextBoolean() ? edges[random.nextInt(5)] : type.saturate(Edges.mixed(random)));
    return values;
  }

  /// The least bound such that a lane which emits where its result passes it is taken to rest. For
  /// CMPLT bounds are mirrored: of -1 - b.
  private static int leastAccepted(
      Program start, List<Instruction> code, int result, Opcode compare) {
    IntPredicate accepted =
        bound -> {
          int mirrored = compare == Opcode.CMPLT ? -1 - bound : bound;
          return RestingLane.faults(emitting(start, code, result, compare, mirrored)).isEmpty();
        };
    long low = Integer.MIN_VALUE;
    long high = Integer.MAX_VALUE;
    while (low < high) {
      long middle = Math.floorDiv(low + high, 2);
      if (accepted.test((int) middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return (int) low;
  }

  private static Program emitting(
      Program start, List<Instruction> code, int result, Opcode compare, int bound) {
    var all = new ArrayList<>(code);
    all.add(
        Instruction.of(compare)
            .with(InstructionField.D, 3)
            .with(InstructionField.A, result)
            .with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, bound));
    all.add(
        Instruction.of(Opcode.EMIT)
            .with(InstructionField.PREDICATE, 3)
            .with(InstructionField.SHIFT, start.slot("spike").orElseThrow())
            .with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, 1));
    int rests = start.slot("rests").orElseThrow();
    return program(start, all, new Activity(Activity.Kind.WHEN, List.of(rests)));
  }

  private static Program storing(Program start, List<Instruction> code, int result) {
    var all = new ArrayList<>(code);
    all.add(
        Instruction.of(Opcode.ST)
            .with(InstructionField.SHIFT, start.slot("out").orElseThrow())
            .with(InstructionField.B, result));
    return program(start, all, Activity.ALWAYS);
  }

  private static Program program(Program start, List<Instruction> code, Activity activity) {
    return new Program(
        start.kind(),
        start.name(),
        start.symbols(),
        start.tables(),
        List.of(),
        activity,
        0,
        IntStream.range(0, code.size()).mapToLong(i -> code.get(i).word()).toArray());
  }
}
