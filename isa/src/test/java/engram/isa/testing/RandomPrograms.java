package engram.isa.testing;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Programs that assembly can express, with declarations of every sort and any instruction words;
/// most of them would not pass the verifier.
public final class RandomPrograms {
  /// Names that the grammar has other uses for, and some of the usual sort.
  private static final List<String> NAMES =
      List.of(
          "q",
          "and",
          "or",
          "at",
          "when",
          "touched",
          "history",
          "hold",
          "graded",
          "sums",
          "wrap",
          "stop",
          "saturate",
          "program",
          "field",
          "neuron",
          "s8",
          "u1",
          "add",
          "mov",
          "down",
          "zero",
          "sum",
          "max",
          "v",
          "V",
          "_",
          "__x9",
          "gplus",
          "r",
          "p",
          "r1x",
          "x0b1",
          "Index");

  private final Random random;
  private final ProgramKind kind;
  private final Set<String> used = new HashSet<>();
  private final List<Symbol> symbols = new ArrayList<>();

  private RandomPrograms(Random random, ProgramKind kind) {
    this.random = random;
    this.kind = kind;
  }

  public static Program program(Random random) {
    var kinds = ProgramKind.values();
    return program(random, kinds[random.nextInt(kinds.length)]);
  }

  public static Program program(Random random, ProgramKind kind) {
    return new RandomPrograms(random, kind).make();
  }

  private Program make() {
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      symbols.add(symbol());
    }
    var tables = IntStream.range(0, random.nextInt(3)).mapToObj(_ -> table()).toList();
    var triggers =
        kind == ProgramKind.NEURON
            ? List.<Trigger>of()
            : IntStream.range(0, random.nextInt(4)).mapToObj(_ -> trigger()).toList();
    var bare =
        new Program(
            kind, name(), symbols, tables, triggers, activity(), random.nextInt(64), new long[0]);
    long[] words =
        IntStream.range(0, random.nextInt(20)).mapToLong(_ -> word(bare).word()).toArray();
    return new Program(
        kind, bare.name(), symbols, tables, triggers, bare.activity(), bare.originAge(), words);
  }

  private String name() {
    while (true) {
      String base = NAMES.get(random.nextInt(NAMES.size()));
      String name = random.nextBoolean() ? base : base + random.nextInt(50);
      if (!name.matches("[rp][0-9]+") && used.add(name)) {
        return name;
      }
    }
  }

  private NumberFormat format() {
    boolean signed = random.nextBoolean();
    int bits = 1 + random.nextInt(signed ? 32 : 31);
    return new NumberFormat(signed, bits, random.nextBoolean() ? 0 : random.nextInt(32));
  }

  private Symbol symbol() {
    var role = pick(roles());
    return switch (role) {
      case FIELD -> typed(role, true, 1 + random.nextInt(64), false);
      case PARAM -> typed(role, false, 1 + random.nextInt(64), false);
      case ACCUMULATOR -> typed(role, true, 1 + random.nextInt(64), random.nextBoolean());
      case GLOBAL -> typed(role, false, 1, false);
      case TAG -> typed(role, true, 1, false);
      case STREAM -> {
        boolean graded = random.nextBoolean();
        var format = graded ? NumberFormat.signed(16) : NumberFormat.BIT;
        String sums = kind == ProgramKind.ROW && random.nextBoolean() ? pick(NAMES) : "";
        int history = 1 + random.nextInt(64);
        yield new Symbol(name(), role, format, Overflow.SATURATE, history, false, graded, 0, sums);
      }
      default -> Symbol.of(name(), role, NumberFormat.S32);
    };
  }

  private Symbol typed(SymbolRole role, boolean stored, int history, boolean hold) {
    var format = format();
    var overflow = stored ? pick(List.of(Overflow.values())) : Overflow.SATURATE;
    boolean starts = role != SymbolRole.ACCUMULATOR || hold;
    int initial = starts && random.nextBoolean() ? format.wrap(random.nextInt()) : 0;
    int kept = random.nextBoolean() ? 1 : history;
    return new Symbol(name(), role, format, overflow, kept, hold, false, initial, "");
  }

  private List<SymbolRole> roles() {
    return switch (kind) {
      case NEURON ->
          List.of(
              SymbolRole.FIELD,
              SymbolRole.PARAM,
              SymbolRole.ACCUMULATOR,
              SymbolRole.STREAM,
              SymbolRole.GLOBAL,
              SymbolRole.GROUP);
      case ROW ->
          List.of(
              SymbolRole.FIELD,
              SymbolRole.PARAM,
              SymbolRole.ACCUMULATOR,
              SymbolRole.STREAM,
              SymbolRole.GLOBAL);
      case SYNAPSE ->
          List.of(
              SymbolRole.TAG,
              SymbolRole.ROW,
              SymbolRole.ROW_ACCUMULATOR,
              SymbolRole.POST,
              SymbolRole.GLOBAL);
    };
  }

  private Table table() {
    var format = format();
    int[] values =
        random
            .ints(1 + random.nextInt(40))
            .map(v -> format.wrap(Edges.mixed(random) ^ v))
            .toArray();
    return new Table(name(), format, values);
  }

  private Trigger trigger() {
    var posts = slots(SymbolRole.POST);
    var globals = slots(SymbolRole.GLOBAL);
    int n = Trigger.NONE;
    boolean post = !posts.isEmpty() && random.nextBoolean();
    boolean global = !globals.isEmpty() && random.nextBoolean();
    boolean pre = random.nextBoolean();
    boolean every = random.nextBoolean() || !(post || global || pre);
    int period = random.nextBoolean() ? 1 : 1 + random.nextInt(1000);
    return new Trigger(
        name(),
        pre ? random.nextInt(64) : n,
        post ? pick(posts) : n,
        post ? random.nextInt(64) : 0,
        every ? period : n,
        every ? random.nextInt(period) : 0,
        global ? pick(globals) : n,
        global ? random.nextInt(64) : 0);
  }

  private Activity activity() {
    var fields = slots(SymbolRole.FIELD);
    var when =
        kind == ProgramKind.SYNAPSE
            ? slots(SymbolRole.ROW)
            : slots(SymbolRole.FIELD, SymbolRole.PARAM);
    int which = random.nextInt(3);
    if (which == 0 && !when.isEmpty()) {
      return new Activity(Activity.Kind.WHEN, List.of(pick(when)));
    }
    if (which == 1 && kind != ProgramKind.SYNAPSE) {
      return new Activity(
          Activity.Kind.TOUCHED, fields.subList(0, random.nextInt(fields.size() + 1)));
    }
    return Activity.ALWAYS;
  }

  private List<Integer> slots(SymbolRole... roles) {
    return IntStream.range(0, symbols.size())
        .filter(s -> List.of(roles).contains(symbols.get(s).role()))
        .boxed()
        .toList();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private Instruction word(Program bare) {
    var possible =
        Arrays.stream(Opcode.values())
            .filter(o -> !o.format().has(Operand.TABLE) || !bare.tables().isEmpty())
            .filter(o -> !o.format().has(Operand.TRIGGER) || !bare.triggers().isEmpty())
            .toList();
    return word(pick(possible), bare, random);
  }

  /// A word of an opcode whose names a program has, whatever they stand for.
  public static Instruction word(Opcode opcode, Program program, Random random) {
    var word = Instruction.of(opcode);
    if (random.nextBoolean()) {
      word =
          word.with(InstructionField.PREDICATE, 1 + random.nextInt(7))
              .with(InstructionField.NOT, random.nextInt(2));
    }
    for (var operand : opcode.format().operands()) {
      word = fill(word, operand, program, random);
    }
    return word;
  }

  private static Instruction fill(
      Instruction word, Operand operand, Program program, Random random) {
    return switch (operand) {
      case RD -> word.with(InstructionField.D, random.nextInt(16));
      case RA -> word.with(InstructionField.A, random.nextInt(16));
      case B, PAYLOAD ->
          random.nextBoolean()
              ? word.with(InstructionField.B, random.nextInt(16))
              : word.with(InstructionField.CONSTANT, 1)
                  .with(InstructionField.IMMEDIATE, Edges.mixed(random));
      case PD -> word.with(InstructionField.D, 1 + random.nextInt(7));
      case PA -> word.with(InstructionField.A, random.nextInt(8));
      case PB -> word.with(InstructionField.B, random.nextInt(8));
      case SYMBOL -> word.with(InstructionField.SHIFT, anySlot(program, random));
      case AGED_SYMBOL -> {
        var slotted = word.with(InstructionField.SHIFT, anySlot(program, random));
        var globals =
            IntStream.range(0, program.symbols().size())
                .filter(s -> program.symbol(s).role() == SymbolRole.GLOBAL)
                .toArray();
        yield globals.length > 0 && random.nextBoolean()
            ? slotted
                .with(InstructionField.CONSTANT, 1)
                .with(InstructionField.IMMEDIATE, globals[random.nextInt(globals.length)])
            : slotted.with(InstructionField.IMMEDIATE, random.nextInt(64));
      }
      case TABLE -> word.with(InstructionField.SHIFT, random.nextInt(program.tables().size()));
      case TRIGGER -> word.with(InstructionField.SHIFT, random.nextInt(program.triggers().size()));
      case REDUCER, ROUNDING -> word.with(InstructionField.ROUNDING, random.nextInt(4));
      case BITS -> word.with(InstructionField.SHIFT, 1 + random.nextInt(31));
      case SHIFT -> word.with(InstructionField.SHIFT, random.nextInt(64));
      case FRACTION -> word.with(InstructionField.IMMEDIATE, random.nextInt(17));
    };
  }

  private static int anySlot(Program program, Random random) {
    int builtIn = SymbolRole.values().length - SymbolRole.INDEX.ordinal();
    int any = random.nextInt(program.symbols().size() + builtIn);
    return any < builtIn ? Symbol.DECLARED + any : any - builtIn;
  }
}
