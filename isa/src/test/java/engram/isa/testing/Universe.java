package engram.isa.testing;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.Reducer;
import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// For each kind of program: declarations of every sort, code that gives every register, predicate
/// and `acc` a value, and code that stores what a body leaves in `r8` and on, in the predicates and
/// in `acc`.
public final class Universe {
  private static final String TABLES =
      """
      .table seven : s20 = -300000, 41, 7, -9, 500000, 12, 13
      .table one   : u8  = 77
      .table wide  : s32 = -2147483648, 2147483647, -1, 0, 2147483647, -2147483648
      """;

  private static final String NEURON =
      """
      .program neuron universe
      .field  a : s32
      .field  b : s32 history 3
      .field  c : s32
      .field  d : s32
      .field  tiny : s8
      .field  ring : u5 wrap history 2
      .param  k    : s16
      .acc    in   : s24 history 2
      .acc    held : s16 hold
      .stream spike history 2
      .stream value graded history 2
      .global mode : s16
      .global back : u1
      .group  pool
      .group  all
      .field  o0 : s32
      .field  o1 : s32
      .field  o2 : s32
      .field  o3 : s32
      .field  o4 : s32
      .field  o5 : s32
      .field  o6 : s32
      .field  o7 : s32
      .field  predicates : s32
      .field  high : s32
      .field  low  : s32
      """;

  private static final String ROW =
      """
      .program row universe
      .field  a : s32
      .field  b : s32 history 3
      .field  c : s32
      .field  d : s32
      .field  tiny : s8
      .field  ring : u5 wrap history 2
      .param  k    : s16
      .acc    sum  : s32
      .stream spike history 2
      .stream value graded history 2
      .stream total sums sum
      .global mode : s16
      .global back : u1
      .trigger each  = step
      .trigger event = pre@1
      .trigger both  = pre and mode@2
      .field  o0 : s32
      .field  o1 : s32
      .field  o2 : s32
      .field  o3 : s32
      .field  o4 : s32
      .field  o5 : s32
      .field  o6 : s32
      .field  o7 : s32
      .field  predicates : s32
      .field  high : s32
      .field  low  : s32
      """;

  private static final String SYNAPSE =
      """
      .program synapse universe
      .tag    a : s32
      .tag    b : s32
      .tag    c : s32
      .tag    d : s32
      .tag    tiny : s8
      .tag    ring : u5 wrap
      .tag    low  : s32
      .row    x, y
      .rowacc sum
      .post   v, in, spike, value
      .global mode : s16
      .global back : u1
      .trigger each  = step
      .trigger pair  = pre@1 and post.spike@1
      .trigger other = post.value and mode
      """;

  /// The programs whose names the synapse program borrows.
  public static final String SYNAPSE_ROW =
      """
      .program row row
      .field x : s32 history 3
      .field y : u16
      .acc   sum : s32
      .trigger each = step
              mov r0, 0
      """;

  public static final String SYNAPSE_NEURON =
      """
      .program neuron neuron
      .field  v : s32 history 3
      .acc    in : s24
      .stream spike history 2
      .stream value graded
              mov r0, 0
      """;

  private static final String PROLOGUE =
      """
      ld    r0, a
      ld    r1, b
      ld    r2, c
      ld    r3, d
      and   r4, r1, 63
      shr   r5, r0, 20
      xor   r6, r0, r2
      subw  r7, r1, r3
      addw  r8, r2, r3
      mov   r9, -1
      mov   r10, 10
      mov   r11, 0
      min   r12, r0, r1
      max   r13, r2, r3
      mov   r14, 14
      mov   r15, r0
      cmplt p1, r0, r1
      cmpeq p2, r0, r1
      cmpgt p3, r2, 0
      cmpge p4, r3, r0
      cmpne p5, r2, r3
      cmple p6, r1, -1
      cmplt p7, r2, r3
      macz  r0, r1
      mac   r2, r3
      """;

  /// Leaves the upper 32 bits of `acc` in r2 and the lower ones, less 2^31, in r3; predicates as a
  /// number in r1.
  private static final String READ_OUT =
      """
      nar   r2, 32
      mac   r2, -2147483648
      mac   r2, -2147483648
      mov   r3, 1073741824
      mas   r3, 2
      nar   r3, 0
      mov   r1, 0
      (p1) or r1, r1, 1
      (p2) or r1, r1, 2
      (p3) or r1, r1, 4
      (p4) or r1, r1, 8
      (p5) or r1, r1, 16
      (p6) or r1, r1, 32
      (p7) or r1, r1, 64
      """;

  private static final String LANE_EPILOGUE =
      """
      st    o0, r8
      st    o1, r9
      st    o2, r10
      st    o3, r11
      st    o4, r12
      st    o5, r13
      st    o6, r14
      st    o7, r15
      """
          + READ_OUT
          + """
          st    predicates, r1
          st    high, r2
          st    low, r3
          """;

  private static final String SYNAPSE_EPILOGUE =
      """
      st    a, r8
      st    b, r9
      st    c, r10
      """
          + READ_OUT
          + """
          st    d, r2
          st    low, r3
          rowadd sum, r1, 1000
          """;

  private static final List<String> LANE_LOADS =
      List.of(
          "a",
          "b",
          "b@1",
          "b@2",
          "b@back",
          "tiny",
          "ring@1",
          "ring@back",
          "k",
          "spike",
          "spike@1",
          "spike@back",
          "value",
          "value@1",
          "mode",
          "mode@7",
          "mode@back",
          "back",
          "index",
          "step",
          "step@3",
          "phase");

  private static final Universe OF_NEURON =
      new Universe(
          ProgramKind.NEURON,
          NEURON,
          LANE_EPILOGUE,
          8,
          concat(LANE_LOADS, "in", "in@1", "in@back", "held"),
          List.of("a", "tiny", "ring", "d"));

  private static final Universe OF_ROW =
      new Universe(
          ProgramKind.ROW,
          ROW,
          LANE_EPILOGUE,
          8,
          concat(LANE_LOADS, "payload", "payload@1", "payload@back"),
          List.of("a", "tiny", "ring", "d"));

  private static final Universe OF_SYNAPSE =
      new Universe(
          ProgramKind.SYNAPSE,
          SYNAPSE,
          SYNAPSE_EPILOGUE,
          3,
          List.of(
              "a",
              "tiny",
              "ring",
              "w",
              "x",
              "x@2",
              "x@back",
              "y",
              "v",
              "v@1",
              "v@back",
              "in",
              "spike",
              "spike@1",
              "value",
              "payload",
              "payload@1",
              "mode",
              "mode@9",
              "back",
              "source",
              "target",
              "step",
              "step@2",
              "phase"),
          List.of("a", "tiny", "ring", "w"));

  private final String declarations;
  private final Program header;
  private final List<Instruction> prologue;
  private final List<Instruction> epilogue;
  private final int results;
  private final List<Instruction> loads;
  private final List<Instruction> stores;

  private Universe(
      ProgramKind kind,
      String declarations,
      String epilogue,
      int results,
      List<String> loads,
      List<String> stores) {
    this.declarations = declarations + TABLES;
    this.results = results;
    header = Assembler.assemble(kind + ".s", this.declarations, Map.of()).program();
    this.prologue = read(PROLOGUE);
    this.epilogue = read(epilogue);
    this.loads = loads.stream().map(l -> read("ld r0, " + l).get(0)).toList();
    this.stores = stores.stream().map(s -> read("st " + s + ", 0").get(0)).toList();
  }

  public static Universe of(ProgramKind kind) {
    return switch (kind) {
      case NEURON -> OF_NEURON;
      case ROW -> OF_ROW;
      case SYNAPSE -> OF_SYNAPSE;
    };
  }

  private static List<String> concat(List<String> list, String... more) {
    var all = new ArrayList<>(list);
    all.addAll(List.of(more));
    return all;
  }

  /// Instructions with the names of this universe.
  public List<Instruction> read(String code) {
    return Assembler.assemble("code.s", declarations + code, Map.of()).program().instructions();
  }

  /// Declarations without an instruction.
  public Program header() {
    return header;
  }

  /// How many registers from r8 up are stored at the end.
  public int results() {
    return results;
  }

  /// An `ld` for each symbol and age that can be read where there was no barrier.
  List<Instruction> loads() {
    return loads;
  }

  /// A `st` for each symbol that can be written.
  List<Instruction> stores() {
    return stores;
  }

  /// A program of one section that runs a body with registers set, and shows what it left.
  public Program program(List<Instruction> body) {
    var code = new ArrayList<>(prologue);
    code.addAll(body);
    code.addAll(epilogue);
    return program(header, code);
  }

  /// A neuron program with a section for each body, a barrier behind each but the last. Behind a
  /// barrier its result is read in every way there is.
  public Program sections(List<List<Instruction>> bodies, List<Instruction> barriers) {
    var code = new ArrayList<Instruction>();
    for (int i = 0; i < bodies.size(); i++) {
      code.addAll(prologue);
      if (i > 0) {
        code.addAll(read("ld r8, reduced\nldacc reduced"));
        if (barriers.get(i - 1).reducer() == Reducer.ARGMAX) {
          code.addAll(read("ld r9, winner"));
        }
      }
      code.addAll(bodies.get(i));
      if (i < barriers.size()) {
        code.add(barriers.get(i));
      }
    }
    code.addAll(epilogue);
    return program(header, code);
  }

  /// The weight may be written once: later writes are left out.
  private static Program program(Program header, List<Instruction> code) {
    var kept = new ArrayList<Instruction>();
    boolean written = false;
    for (var in : code) {
      boolean weight =
          in.opcode() == Opcode.ST && header.symbol(in.slot()).role() == SymbolRole.WEIGHT;
      if (!weight || !written) {
        kept.add(in);
      }
      written |= weight;
    }
    return new Program(
        header.kind(),
        header.name(),
        header.symbols(),
        header.tables(),
        header.triggers(),
        header.activity(),
        header.originAge(),
        kept.stream().mapToLong(Instruction::word).toArray());
  }
}
