package engram.chip.fault;

/// What goes wrong with a chip. Faults belong to the machine, not to the network's state: a reset
/// keeps them, and with the same faults a run gives the same results, whatever emulates it.
public sealed interface Fault permits BitFlip, RandomFlips, DeadCore, PacketLoss {
  /// The step behind the last one, of a fault that does not end.
  long FOREVER = Long.MAX_VALUE;

  /// The step of a flip that takes place before the step that comes next, whichever that is.
  long AT_ONCE = -1;
}
