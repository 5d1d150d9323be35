package engram.isa;

import static engram.isa.ProgramKind.NEURON;
import static engram.isa.ProgramKind.ROW;
import static engram.isa.ProgramKind.SYNAPSE;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// The instruction set: one row an instruction, everything else is derived from it.
///
/// `b` in an effect is a register or a constant. Every result is exact, then rounded, then narrowed
/// to 32 bits by saturation, unless the effect says that it wraps. Cycles are per SIMD batch.
public enum Opcode {
  // spotless:off
  //    code  format                       cycles unit        effect
  MOV   (0x01, Format.D_B,                  1, Unit.ALU,        "rd = b"),
  LD    (0x02, Format.D_SYMBOL,             1, Unit.MEMORY,     "rd = symbol, as it was `age` steps ago"),
  ST    (0x03, Format.SYMBOL_B,             1, Unit.MEMORY,     "symbol = b, narrowed to its width by its declared policy"),
  LDACC (0x04, Format.SYMBOL,               1, Unit.MEMORY,     "acc = symbol, 64 bits wide: `reduced` or a row accumulator", NEURON, ROW),

  ADD   (0x10, Format.D_A_B,                1, Unit.ALU,        "rd = ra + b"),
  SUB   (0x11, Format.D_A_B,                1, Unit.ALU,        "rd = ra - b"),
  ADDW  (0x12, Format.D_A_B,                1, Unit.ALU,        "rd = ra + b, wraps"),
  SUBW  (0x13, Format.D_A_B,                1, Unit.ALU,        "rd = ra - b, wraps"),
  MIN   (0x14, Format.D_A_B,                1, Unit.ALU,        "rd = the smaller of ra and b"),
  MAX   (0x15, Format.D_A_B,                1, Unit.ALU,        "rd = the larger of ra and b"),
  AND   (0x16, Format.D_A_B,                1, Unit.ALU,        "rd = ra and b, bit by bit"),
  OR    (0x17, Format.D_A_B,                1, Unit.ALU,        "rd = ra or b, bit by bit"),
  XOR   (0x18, Format.D_A_B,                1, Unit.ALU,        "rd = ra exclusive-or b, bit by bit"),
  NEG   (0x19, Format.D_A,                  1, Unit.ALU,        "rd = -ra"),
  ABS   (0x1a, Format.D_A,                  1, Unit.ALU,        "rd = the magnitude of ra"),
  SGN   (0x1b, Format.D_A,                  1, Unit.ALU,        "rd = -1, 0 or 1, the sign of ra"),
  CLZ   (0x1c, Format.D_A,                  1, Unit.ALU,        "rd = number of leading zero bits of ra, 0 to 32"),

  SHL   (0x20, Format.D_A_B,                1, Unit.ALU,        "rd = ra * 2^n; n = b clipped to 0..31"),
  SHLW  (0x21, Format.D_A_B,                1, Unit.ALU,        "rd = ra * 2^n, wraps; n = b clipped to 0..31"),
  SHR   (0x22, Format.D_A_B_ROUNDING,       1, Unit.ALU,        "rd = ra / 2^n, rounded; n = b clipped to 0..31"),
  SHRU  (0x23, Format.D_A_B,                1, Unit.ALU,        "rd = ra / 2^n, ra unsigned, rounded down; n = b clipped to 0..31"),

  MUL   (0x28, Format.D_A_B_SHIFT_ROUNDING, 2, Unit.MULTIPLIER, "rd = ra * b / 2^shift, rounded"),
  MACZ  (0x29, Format.A_B,                  2, Unit.MULTIPLIER, "acc = ra * b, 64 bits wide"),
  MAC   (0x2a, Format.A_B,                  2, Unit.MULTIPLIER, "acc = acc + ra * b, saturates at 64 bits"),
  MAS   (0x2b, Format.A_B,                  2, Unit.MULTIPLIER, "acc = acc - ra * b, saturates at 64 bits"),
  NAR   (0x2c, Format.D_SHIFT_ROUNDING,     1, Unit.MULTIPLIER, "rd = acc / 2^shift, rounded"),

  CMPEQ (0x30, Format.P_A_B,                1, Unit.ALU,        "pd = ra equals b"),
  CMPNE (0x31, Format.P_A_B,                1, Unit.ALU,        "pd = ra differs from b"),
  CMPLT (0x32, Format.P_A_B,                1, Unit.ALU,        "pd = ra less than b"),
  CMPLE (0x33, Format.P_A_B,                1, Unit.ALU,        "pd = ra less than or equal to b"),
  CMPGT (0x34, Format.P_A_B,                1, Unit.ALU,        "pd = ra greater than b"),
  CMPGE (0x35, Format.P_A_B,                1, Unit.ALU,        "pd = ra greater than or equal to b"),
  PAND  (0x38, Format.P_P_P,                1, Unit.ALU,        "pd = pa and pb"),
  POR   (0x39, Format.P_P_P,                1, Unit.ALU,        "pd = pa or pb"),
  PXOR  (0x3a, Format.P_P_P,                1, Unit.ALU,        "pd = pa exclusive-or pb"),
  PNOT  (0x3b, Format.P_P,                  1, Unit.ALU,        "pd = not pa"),

  LUT   (0x40, Format.D_TABLE_A,            2, Unit.TABLE,      "rd = table[ra], ra clipped to the table"),
  LERP  (0x41, Format.D_TABLE_A_FRACTION,   4, Unit.TABLE,      "rd = table at ra / 2^fraction, linear between entries, nearest; clipped"),

  DRAW  (0x48, Format.D_BITS,               2, Unit.RANDOM,     "rd = `bits` fresh random bits, 0 to 2^bits - 1"),
  BERN  (0x49, Format.P_B_BITS,             2, Unit.RANDOM,     "pd = `bits` fresh random bits less than b"),

  EMIT  (0x50, Format.SYMBOL_PAYLOAD,       1, Unit.EVENT,      "the stream carries an event; the payload saturates to 16 bits", NEURON, ROW),
  BID   (0x51, Format.B,                    1, Unit.EVENT,      "the lane bids b at the next barrier", NEURON),
  REDUCE(0x52, Format.REDUCTION,            8, Unit.EVENT,      "barrier: ends the section, reduces the bids of each group", NEURON),
  CAUSE (0x53, Format.P_TRIGGER,            1, Unit.EVENT,      "pd = the trigger fired for this lane", ROW, SYNAPSE),
  ROWADD(0x54, Format.SYMBOL_A_B,           3, Unit.MULTIPLIER, "row accumulator = row accumulator + ra * b, exact", SYNAPSE),
  KILL  (0x55, Format.NONE,                 1, Unit.MEMORY,     "marks the synapse for the rewiring engine", SYNAPSE);
  // spotless:on

  private static final Opcode[] BY_CODE = new Opcode[128];

  static {
    for (var opcode : values()) {
      if (BY_CODE[opcode.code] != null) {
        throw new IllegalStateException(opcode + " and " + BY_CODE[opcode.code] + " share a code");
      }
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;
  private final Format format;
  private final int cycles;
  private final Unit unit;
  private final String effect;
  private final Set<ProgramKind> kinds;

  Opcode(int code, Format format, int cycles, Unit unit, String effect, ProgramKind... kinds) {
    this.code = code;
    this.format = format;
    this.cycles = cycles;
    this.unit = unit;
    this.effect = effect;
    this.kinds = kinds.length == 0 ? EnumSet.allOf(ProgramKind.class) : EnumSet.of(kinds[0], kinds);
  }

  /// The value of the OPCODE field.
  public int code() {
    return code;
  }

  public String mnemonic() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Format format() {
    return format;
  }

  /// Cycles that a SIMD batch of lanes takes.
  public int cycles() {
    return cycles;
  }

  public Unit unit() {
    return unit;
  }

  /// What it does, in words and formulas.
  public String effect() {
    return effect;
  }

  /// The kinds of program that may hold it.
  public Set<ProgramKind> kinds() {
    return kinds;
  }

  /// The opcode of a word's code, or null if the code is not one.
  public static Opcode byCode(int code) {
    return BY_CODE[code];
  }
}
