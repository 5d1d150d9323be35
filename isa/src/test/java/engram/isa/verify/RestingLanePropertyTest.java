package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.assembler.Disassembler;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.testing.RestingRun;
import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The proof is sound: what it passes changes nothing and emits nothing when it is run, against its
/// declaration, on lanes that are inactive.
///
/// Random programs almost never pass, so each is mended: the instructions that the verifier finds
/// at fault are taken out until it passes. What is left holds stores and events that the verifier
/// takes to be without effect.
final class RestingLanePropertyTest {
  private static final int PROGRAMS = 400;

  private int refused;
  private int passed;
  private int effects;

  private void check(IntFunction<Program> draft) {
    for (int i = 0; i < PROGRAMS; i++) {
      var program = draft.apply(i);
      var mended = mended(program);
      boolean asWritten = mended.size() == program.size();
      refused += asWritten ? 0 : 1;
      passed += asWritten ? 1 : 0;
      effects += effects(mended);
      String text = "program " + i + ":\n" + Disassembler.disassemble(mended);
      RestingRun.changesNothing(Verifier.verify(mended), new Random(i), text);
    }
    assertThat(refused).as("refused").isGreaterThan(PROGRAMS / 10);
    assertThat(passed).as("passed as written").isGreaterThan(PROGRAMS / 20);
    assertThat(effects).as("stores, events, sums that were run").isGreaterThan(PROGRAMS / 2);
  }

  private static int effects(Program program) {
    return (int)
        program.instructions().stream()
            .filter(in ->
                switch (in.opcode()) {
                  case ST, EMIT, BID, KILL, ROWADD -> true;
                  default -> false;
                })
            .count();
  }

  private static Program mended(Program draft) {
    var program = draft;
    while (true) {
      try {
        Verifier.verify(program);
        return program;
      } catch (VerificationException e) {
        var bad = e.faults().stream().map(Fault::instruction).collect(Collectors.toSet());
        var reasons = e.faults().stream().map(Fault::message).toList();
        assertThat(reasons).allMatch(r -> r.startsWith("an inactive "));
        var kept = new ArrayList<Instruction>();
        for (int i = 0; i < program.size(); i++) {
          if (!bad.contains(i)) {
            kept.add(program.instruction(i));
          }
        }
        program = with(program, program.activity(), kept);
      }
    }
  }

  private static Program with(Program program, Activity activity, List<Instruction> words) {
    return new Program(
        program.kind(),
        program.name(),
        program.symbols(),
        program.tables(),
        program.triggers(),
        activity,
        program.originAge(),
        words.stream().mapToLong(Instruction::word).toArray());
  }

  /// A program that loads what its activity watches and other things, computes, and stores, emits,
  /// adds under predicates.
  private static Program draft(ProgramKind kind, Activity activity, List<String> loads, int seed) {
    var random = new Random(seed);
    var universe = Universe.of(kind);
    var start = new StringBuilder();
    for (int register = 0; register < loads.size(); register++) {
      start.append("ld r%d, %s\n".formatted(register, loads.get(register)));
    }
    var code = new ArrayList<>(universe.read(start + "macz r0, r1\n"));
    for (int predicate = 1; predicate <= 3; predicate++) {
      code.add(compare(predicate, loads.size(), random));
    }
    boolean weight = false;
    int length = 1 + random.nextInt(1 + random.nextInt(24));
    for (int i = 0; i < length; i++) {
      var word = next(universe, random, loads.size());
      boolean writesWeight = word.opcode() == Opcode.ST && word.slot() >= 48;
      if (!writesWeight || !weight) {
        code.add(word);
      }
      weight |= writesWeight;
    }
    return with(universe.header(), activity, code);
  }

  private static Instruction compare(int predicate, int registers, Random random) {
    var compares =
        List.of(Opcode.CMPEQ, Opcode.CMPNE, Opcode.CMPLT, Opcode.CMPLE, Opcode.CMPGT, Opcode.CMPGE);
    return Instruction.of(compares.get(random.nextInt(compares.size())))
        .with(InstructionField.D, predicate)
        .with(InstructionField.A, random.nextInt(registers))
        .with(InstructionField.CONSTANT, 1)
        .with(InstructionField.IMMEDIATE, random.nextInt(-1, 3));
  }

  private static Instruction next(Universe universe, Random random, int registers) {
    var opcodes =
        switch (random.nextInt(5)) {
          case 0, 1 -> List.of(Opcode.ST);
          case 2 ->
              Words.opcodes(universe.header().kind()).stream()
                  .filter(o ->
                      switch (o) {
                        case EMIT, KILL, ROWADD -> true;
                        default -> false;
                      })
                  .toList();
          default -> Words.opcodes(universe.header().kind());
        };
    var word = Words.random(opcodes.get(random.nextInt(opcodes.size())), random, universe);
    return narrow(word, registers, random);
  }

  /// Keeps to the registers and predicates that are written at the start.
  private static Instruction narrow(Instruction word, int registers, Random random) {
    int predicate =
        word.predicate() == 0 && random.nextInt(3) > 0 ? 1 + random.nextInt(3) : word.predicate();
    var narrow =
        word.with(InstructionField.PREDICATE, predicate == 0 ? 0 : 1 + predicate % 3)
            .with(InstructionField.NOT, predicate == 0 ? 0 : random.nextInt(2));
    for (var operand : word.opcode().format().operands()) {
      narrow =
          switch (operand) {
            case RD -> narrow.with(InstructionField.D, narrow.d() % registers);
            case RA -> narrow.with(InstructionField.A, narrow.a() % registers);
            case B, PAYLOAD ->
                narrow.constant()
                    ? narrow.with(
                        InstructionField.IMMEDIATE,
                        narrow.opcode() == Opcode.ST ? 0 : narrow.immediate())
                    : narrow.with(InstructionField.B, narrow.b() % registers);
            case PD -> narrow.with(InstructionField.D, 1 + narrow.d() % 3);
            case PA -> narrow.with(InstructionField.A, narrow.a() % 4);
            case PB -> narrow.with(InstructionField.B, narrow.b() % 4);
            default -> narrow;
          };
    }
    return narrow;
  }

  private static Activity activity(ProgramKind kind, Activity.Kind how, List<String> fields) {
    var header = Universe.of(kind).header();
    return new Activity(how, fields.stream().map(f -> header.slot(f).orElseThrow()).toList());
  }

  @Test
  void neuronsThatAreActiveByAField() {
    var when = activity(ProgramKind.NEURON, Activity.Kind.WHEN, List.of("a"));
    var loads = List.of("a", "a", "tiny", "k", "in", "b@1", "spike@1", "mode");
    check(i -> draft(ProgramKind.NEURON, when, loads, i));
  }

  @Test
  void neuronsThatAreActiveByTouch() {
    var touched = activity(ProgramKind.NEURON, Activity.Kind.TOUCHED, List.of("a", "tiny"));
    var loads = List.of("a", "in", "held", "tiny", "ring", "k", "in@1", "index");
    check(i -> draft(ProgramKind.NEURON, touched, loads, 1000 + i));
  }

  @Test
  void rowsThatAreActiveByAField() {
    var when = activity(ProgramKind.ROW, Activity.Kind.WHEN, List.of("ring"));
    var loads = List.of("ring", "ring", "a", "payload", "b@back", "value@1", "step", "d");
    check(i -> draft(ProgramKind.ROW, when, loads, 2000 + i));
  }

  @Test
  void synapsesOfRowsThatAreActiveByAField() {
    var when = activity(ProgramKind.SYNAPSE, Activity.Kind.WHEN, List.of("x"));
    var loads = List.of("x", "x", "y", "w", "tiny", "a", "x@1", "v");
    check(i -> draft(ProgramKind.SYNAPSE, when, loads, 3000 + i));
  }
}
