package engram.isa.testing;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.ProgramKind;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Instruction words that are legal in a universe.
public final class Words {
  private Words() {}

  /// The opcodes that a body may hold: all of a kind but barriers, and what needs one before it.
  public static List<Opcode> opcodes(ProgramKind kind) {
    return Arrays.stream(Opcode.values())
        .filter(o -> o.kinds().contains(kind) && o != Opcode.REDUCE && o != Opcode.BID)
        .filter(o -> o != Opcode.LDACC || kind == ProgramKind.ROW)
        .toList();
  }

  /// A random word of an opcode.
  public static Instruction random(Opcode opcode, Random random, Universe universe) {
    var word = Instruction.of(opcode);
    if (random.nextInt(3) == 0) {
      int predicate = random.nextInt(1, 8);
      word =
          word.with(InstructionField.PREDICATE, predicate)
              .with(InstructionField.NOT, random.nextInt(2));
    }
    for (var operand : opcode.format().operands()) {
      word = fill(word, operand, random, universe);
    }
    return word;
  }

  private static Instruction fill(
      Instruction word, Operand operand, Random random, Universe universe) {
    return switch (operand) {
      case RD -> word.with(InstructionField.D, random.nextInt(16));
      case RA -> word.with(InstructionField.A, random.nextInt(16));
      case B -> second(word, random);
      case PD -> word.with(InstructionField.D, random.nextInt(1, 8));
      case PA -> word.with(InstructionField.A, random.nextInt(8));
      case PB -> word.with(InstructionField.B, random.nextInt(8));
      case SYMBOL -> word.with(InstructionField.SHIFT, symbol(word.opcode(), random, universe));
      case AGED_SYMBOL -> {
        var load = universe.loads().get(random.nextInt(universe.loads().size()));
        yield word.with(InstructionField.SHIFT, load.slot())
            .with(InstructionField.CONSTANT, load.constant() ? 1 : 0)
            .with(InstructionField.IMMEDIATE, load.immediate());
      }
      case TABLE -> word.with(InstructionField.SHIFT, pick(universe.header().tables(), random));
      case TRIGGER -> word.with(InstructionField.SHIFT, pick(universe.header().triggers(), random));
      case REDUCER, ROUNDING -> word.with(InstructionField.ROUNDING, random.nextInt(4));
      case BITS -> word.with(InstructionField.SHIFT, random.nextInt(1, 32));
      case SHIFT -> word.with(InstructionField.SHIFT, random.nextInt(64));
      case FRACTION -> word.with(InstructionField.IMMEDIATE, random.nextInt(17));
      case PAYLOAD ->
          universe.header().symbol(word.slot()).graded()
              ? second(word, random)
              : word.with(InstructionField.CONSTANT, 1).with(InstructionField.IMMEDIATE, 1);
    };
  }

  private static Instruction second(Instruction word, Random random) {
    return random.nextInt(3) == 0
        ? word.with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, Edges.mixed(random))
        : word.with(InstructionField.B, random.nextInt(16));
  }

  private static int pick(List<?> list, Random random) {
    return random.nextInt(list.size());
  }

  private static int symbol(Opcode opcode, Random random, Universe universe) {
    var role =
        switch (opcode) {
          case EMIT -> SymbolRole.STREAM;
          case REDUCE -> SymbolRole.GROUP;
          case ROWADD -> SymbolRole.ROW_ACCUMULATOR;
          case LDACC -> SymbolRole.ACCUMULATOR;
          case ST -> null;
          default -> throw new AssertionError(opcode + " has no symbol that this class knows");
        };
    if (role == null) {
      return universe.stores().get(random.nextInt(universe.stores().size())).slot();
    }
    var symbols = universe.header().symbols();
    var slots =
        IntStream.range(0, symbols.size()).filter(s -> symbols.get(s).role() == role).toArray();
    return slots[random.nextInt(slots.length)];
  }

  /// Words that between them have every shift with every rounding, every number of bits, every
  /// fraction, every table, every edge as a constant; the rest of each is random.
  public static List<Instruction> sweep(Opcode opcode, Random random, Universe universe) {
    var words = new ArrayList<Instruction>();
    for (int i = 0; i < 40; i++) {
      words.add(random(opcode, random, universe));
    }
    for (var operand : opcode.format().operands()) {
      switch (operand) {
        case B ->
            Arrays.stream(Edges.values())
                .forEach(edge ->
                    words.add(
                        random(opcode, random, universe)
                            .with(InstructionField.B, 0)
                            .with(InstructionField.CONSTANT, 1)
                            .with(InstructionField.IMMEDIATE, edge)));
        case SHIFT -> {
          for (int i = 0; i < 256; i++) {
            words.add(
                random(opcode, random, universe)
                    .with(InstructionField.SHIFT, i >> 2)
                    .with(InstructionField.ROUNDING, i & 3));
          }
        }
        case ROUNDING -> {
          for (int i = 0; i < 128 && !opcode.format().has(Operand.SHIFT); i++) {
            words.add(
                random(opcode, random, universe)
                    .with(InstructionField.B, 0)
                    .with(InstructionField.CONSTANT, 1)
                    .with(InstructionField.IMMEDIATE, i >> 2)
                    .with(InstructionField.ROUNDING, i & 3));
          }
        }
        case BITS -> {
          for (int bits = 1; bits < 32; bits++) {
            words.add(random(opcode, random, universe).with(InstructionField.SHIFT, bits));
          }
        }
        case FRACTION -> {
          for (int fraction = 0; fraction <= 16; fraction++) {
            words.add(random(opcode, random, universe).with(InstructionField.IMMEDIATE, fraction));
          }
        }
        case AGED_SYMBOL ->
            universe.loads().forEach(load -> words.add(load.with(InstructionField.D, 9)));
        default -> {}
      }
    }
    return words;
  }
}
