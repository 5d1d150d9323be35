package engram.isa;

import java.util.List;

/// The operands of an instruction, in the order in which assembly writes them.
public enum Format {
  D_B(Operand.RD, Operand.B),
  D_A(Operand.RD, Operand.RA),
  D_A_B(Operand.RD, Operand.RA, Operand.B),
  D_A_B_ROUNDING(Operand.RD, Operand.RA, Operand.B, Operand.ROUNDING),
  D_A_B_SHIFT_ROUNDING(Operand.RD, Operand.RA, Operand.B, Operand.SHIFT, Operand.ROUNDING),
  D_SHIFT_ROUNDING(Operand.RD, Operand.SHIFT, Operand.ROUNDING),
  D_SYMBOL(Operand.RD, Operand.AGED_SYMBOL),
  D_TABLE_A(Operand.RD, Operand.TABLE, Operand.RA),
  D_TABLE_A_FRACTION(Operand.RD, Operand.TABLE, Operand.RA, Operand.FRACTION),
  D_BITS(Operand.RD, Operand.BITS),
  A_B(Operand.RA, Operand.B),
  P_A_B(Operand.PD, Operand.RA, Operand.B),
  P_B_BITS(Operand.PD, Operand.B, Operand.BITS),
  P_P_P(Operand.PD, Operand.PA, Operand.PB),
  P_P(Operand.PD, Operand.PA),
  P_TRIGGER(Operand.PD, Operand.TRIGGER),
  SYMBOL(Operand.SYMBOL),
  SYMBOL_B(Operand.SYMBOL, Operand.B),
  SYMBOL_A_B(Operand.SYMBOL, Operand.RA, Operand.B),
  SYMBOL_PAYLOAD(Operand.SYMBOL, Operand.PAYLOAD),
  B(Operand.B),
  REDUCTION(Operand.REDUCER, Operand.SYMBOL),
  NONE();

  private final List<Operand> operands;

  Format(Operand... operands) {
    this.operands = List.of(operands);
  }

  public List<Operand> operands() {
    return operands;
  }

  public boolean has(Operand operand) {
    return operands.contains(operand);
  }
}
