package engram.isa.program;

/// When a row or synapse program runs: all terms that are there must hold. Triggers of one program
/// are OR-ed; the program reads with `cause` which of them fired.
///
/// @param preAge the row got an event so many steps ago, or `NONE`
/// @param postSlot slot of a stream of the target neuron that carried an event, or `NONE`
/// @param postAge so many steps ago
/// @param period the step within the sample is `offset` modulo this, or `NONE`
/// @param globalSlot slot of a global register that is not zero, or `NONE`
/// @param globalAge so many steps ago
public record Trigger(
    String name,
    int preAge,
    int postSlot,
    int postAge,
    int period,
    int offset,
    int globalSlot,
    int globalAge) {

  /// A term that the trigger does not have.
  public static final int NONE = -1;

  /// Number of triggers that a program can have.
  public static final int MOST = 8;

  public boolean hasPre() {
    return preAge != NONE;
  }

  public boolean hasPost() {
    return postSlot != NONE;
  }

  public boolean hasPeriod() {
    return period != NONE;
  }

  public boolean hasGlobal() {
    return globalSlot != NONE;
  }
}
