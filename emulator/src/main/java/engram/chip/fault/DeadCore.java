package engram.chip.fault;

/// A core that takes no events, runs no program and emits nothing. What its memories hold stays.
///
/// @param core its number
/// @param from first step of the fault
/// @param until the step behind the last one; `FOREVER` for none
public record DeadCore(int core, long from, long until) implements Fault {
  public DeadCore {
    Checks.requireNatural("core", core);
    Checks.requireWindow(from, until);
  }
}
