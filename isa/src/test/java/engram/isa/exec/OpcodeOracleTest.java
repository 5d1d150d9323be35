package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.ProgramKind;
import engram.isa.testing.Edges;
import engram.isa.testing.NeuronTrial;
import engram.isa.testing.RowTrial;
import engram.isa.testing.SynapseTrial;
import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every opcode, in every kind of program that may hold it, against the oracle: over all pairs of
/// edges and random operands, registers and constants, all roundings, shifts, predicates.
final class OpcodeOracleTest {
  private static final Map<Opcode, Integer> TRIED = new EnumMap<>(Opcode.class);
  private static final int[] FIRST = Edges.pairsFirst();
  private static final int[] SECOND = Edges.pairsSecond();

  /// A row added to the table is tried like the others, or the build fails here.
  @AfterAll
  static void everyOpcodeWasTried() {
    assertThat(TRIED.keySet()).containsExactlyInAnyOrder(Opcode.values());
    assertThat(TRIED.values()).allMatch(words -> words >= 40);
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void agreesWithTheOracle(Opcode opcode) {
    for (var kind : opcode.kinds()) {
      var random = new Random(opcode.code() * 31L + kind.ordinal());
      if (needsBarrier(opcode, kind)) {
        barriers(opcode, random);
      } else if (Words.opcodes(kind).contains(opcode)) {
        bodies(opcode, kind, random);
      }
    }
  }

  private static boolean needsBarrier(Opcode opcode, ProgramKind kind) {
    return kind == ProgramKind.NEURON
        && switch (opcode) {
          case BID, REDUCE, LDACC -> true;
          default -> false;
        };
  }

  private static void bodies(Opcode opcode, ProgramKind kind, Random random) {
    var universe = Universe.of(kind);
    var words = Words.sweep(opcode, random, universe);
    if (kind != ProgramKind.NEURON) {
      words = words.subList(0, 40);
    }
    TRIED.merge(opcode, words.size(), Integer::sum);
    int together = together(opcode, universe);
    for (int from = 0; from < words.size(); from += together) {
      var body = new ArrayList<Instruction>();
      for (var word : words.subList(from, Math.min(from + together, words.size()))) {
        body.add(visible(word, body.size()));
      }
      run(kind, body, random);
    }
  }

  /// How many words a body can hold without one hiding what another did.
  private static int together(Opcode opcode, Universe universe) {
    if (opcode.format().has(Operand.RD)) {
      return universe.results();
    }
    if (opcode.format().has(Operand.PD)) {
      return 4;
    }
    return opcode == Opcode.MAC || opcode == Opcode.MAS ? 3 : 1;
  }

  /// A word that reads r0 to r7 and p0 to p3, and writes what the end of the program stores.
  private static Instruction visible(Instruction word, int place) {
    var visible = word;
    for (var operand : word.opcode().format().operands()) {
      visible =
          switch (operand) {
            case RD -> visible.with(InstructionField.D, 8 + place);
            case PD -> visible.with(InstructionField.D, 4 + place);
            case RA -> visible.with(InstructionField.A, visible.a() & 7);
            case PA -> visible.with(InstructionField.A, visible.a() & 3);
            case PB -> visible.with(InstructionField.B, visible.b() & 3);
            case B, PAYLOAD ->
                visible.constant() ? visible : visible.with(InstructionField.B, visible.b() & 7);
            default -> visible;
          };
    }
    return visible
        .with(InstructionField.PREDICATE, word.predicate() & 3)
        .with(InstructionField.NOT, (word.predicate() & 3) == 0 ? 0 : word.negated() ? 1 : 0);
  }

  private static void run(ProgramKind kind, List<Instruction> body, Random random) {
    var program = Universe.of(kind).program(body);
    switch (kind) {
      case NEURON -> {
        boolean pairs = body.get(0).opcode().format().has(Operand.RA);
        if (pairs) {
          new NeuronTrial(program, FIRST.length, random).set("a", FIRST).set("b", SECOND).run();
        } else {
          new NeuronTrial(program, 100, random).run();
        }
      }
      case ROW -> new RowTrial(program, 150, random).run();
      case SYNAPSE -> new SynapseTrial(program, 9, 21, random).run();
    }
  }

  /// Three sections with bids before the barriers and what they gave behind them.
  private static void barriers(Opcode opcode, Random random) {
    var universe = Universe.of(ProgramKind.NEURON);
    for (int i = 0; i < 20; i++) {
      var bodies = new ArrayList<List<Instruction>>();
      var barriers = new ArrayList<Instruction>();
      for (int section = 0; section < 3; section++) {
        var body = new ArrayList<Instruction>();
        if (section < 2) {
          body.add(Words.random(Opcode.BID, random, universe));
          body.add(Words.random(Opcode.BID, random, universe));
          barriers.add(
              Words.random(Opcode.REDUCE, random, universe)
                  .with(InstructionField.PREDICATE, 0)
                  .with(InstructionField.NOT, 0));
        }
        bodies.add(body);
      }
      var trial = new NeuronTrial(universe.sections(bodies, barriers), 200, random);
      trial.run(i % 2 == 0 ? null : trial.someLanes());
      TRIED.merge(opcode, 2, Integer::sum);
    }
  }
}
