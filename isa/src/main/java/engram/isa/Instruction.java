package engram.isa;

import java.util.ArrayList;
import java.util.List;

/// One instruction, packed in a 64-bit word as `InstructionField` lays it out.
public record Instruction(long word) {
  /// Number of registers of a lane, `r0` upward, 32 bits each.
  public static final int REGISTERS = 16;

  /// Number of predicates of a lane; `p0` is always true and can't be written.
  public static final int PREDICATES = 8;

  /// An instruction with no operand set and no predicate.
  public static Instruction of(Opcode opcode) {
    return new Instruction(InstructionField.OPCODE.set(0, opcode.code()));
  }

  public Instruction with(InstructionField field, int value) {
    return new Instruction(field.set(word, value));
  }

  /// The opcode, or null where the word has a code that is none.
  public Opcode opcode() {
    return Opcode.byCode(InstructionField.OPCODE.get(word));
  }

  public int predicate() {
    return InstructionField.PREDICATE.get(word);
  }

  public boolean negated() {
    return InstructionField.NOT.get(word) == 1;
  }

  /// True if the instruction runs in every lane.
  public boolean unconditional() {
    return predicate() == 0;
  }

  public int d() {
    return InstructionField.D.get(word);
  }

  public int a() {
    return InstructionField.A.get(word);
  }

  public int b() {
    return InstructionField.B.get(word);
  }

  /// True if the second source is `immediate()` and not register `b()`.
  public boolean constant() {
    return InstructionField.CONSTANT.get(word) == 1;
  }

  public Rounding rounding() {
    return Rounding.of(InstructionField.ROUNDING.get(word));
  }

  public Reducer reducer() {
    return Reducer.of(InstructionField.ROUNDING.get(word));
  }

  /// Shift, number of random bits, or slot of a symbol, table or trigger.
  public int shift() {
    return InstructionField.SHIFT.get(word);
  }

  /// The slot of the symbol, table or trigger that the instruction names.
  public int slot() {
    return shift();
  }

  public int immediate() {
    return InstructionField.IMMEDIATE.get(word);
  }

  /// True if the instruction takes fresh random bits, and so is a site of its own.
  public boolean draws() {
    var opcode = opcode();
    return opcode == Opcode.DRAW
        || opcode == Opcode.BERN
        || (opcode.format().has(Operand.ROUNDING) && rounding() == Rounding.STOCHASTIC);
  }

  /// What is wrong with the word on its own, without the program around it; empty if nothing is. A
  /// word without faults is the only word with its meaning: fields that its format leaves out are
  /// zero.
  public List<String> faults() {
    var opcode = opcode();
    if (opcode == null) {
      return List.of(
          "opcode: " + InstructionField.OPCODE.get(word) + " (expected: one of the set)");
    }
    var faults = new ArrayList<String>();
    if (negated() && unconditional()) {
      faults.add("predicate: !p0 (expected: a predicate that can be true)");
    }
    long used = 0;
    for (var field :
        List.of(InstructionField.OPCODE, InstructionField.NOT, InstructionField.PREDICATE)) {
      used = field.set(used, field.get(word));
    }
    for (var operand : opcode.format().operands()) {
      switch (operand) {
        case RD -> used = InstructionField.D.set(used, d());
        case RA -> used = InstructionField.A.set(used, a());
        case B, PAYLOAD -> {
          used = InstructionField.CONSTANT.set(used, InstructionField.CONSTANT.get(word));
          used =
              constant()
                  ? InstructionField.IMMEDIATE.set(used, immediate())
                  : InstructionField.B.set(used, b());
        }
        case PD -> {
          used = InstructionField.D.set(used, d());
          expect(faults, "destination predicate", d(), 1, PREDICATES - 1);
        }
        case PA -> {
          used = InstructionField.A.set(used, a());
          expect(faults, "predicate", a(), 0, PREDICATES - 1);
        }
        case PB -> {
          used = InstructionField.B.set(used, b());
          expect(faults, "predicate", b(), 0, PREDICATES - 1);
        }
        case SYMBOL, TABLE, TRIGGER, SHIFT -> used = InstructionField.SHIFT.set(used, shift());
        case AGED_SYMBOL -> {
          used = InstructionField.SHIFT.set(used, shift());
          used = InstructionField.CONSTANT.set(used, InstructionField.CONSTANT.get(word));
          used = InstructionField.IMMEDIATE.set(used, immediate());
          expect(faults, constant() ? "slot of the age register" : "age", immediate(), 0, 63);
        }
        case REDUCER, ROUNDING ->
            used = InstructionField.ROUNDING.set(used, InstructionField.ROUNDING.get(word));
        case BITS -> {
          used = InstructionField.SHIFT.set(used, shift());
          expect(faults, "bits", shift(), 1, 31);
        }
        case FRACTION -> {
          used = InstructionField.IMMEDIATE.set(used, immediate());
          expect(faults, "fraction bits", immediate(), 0, 16);
        }
      }
    }
    if (faults.isEmpty() && used != word) {
      faults.add(
          String.format("unused bits: %016x (expected: 0, by %s)", used ^ word, opcode.mnemonic()));
    }
    return faults;
  }

  private static void expect(List<String> faults, String what, int value, int low, int high) {
    if (value < low || value > high) {
      faults.add(what + ": " + value + " (expected: " + low + " to " + high + ")");
    }
  }
}
