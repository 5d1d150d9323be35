package engram.chip;

import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.PacketLoss;
import engram.chip.fault.RandomFlips;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with a chip: checked against its network, told to the cores that it concerns.
final class Faults {
  /// Faults of a chip, at most: those that hold are asked for in every step.
  static final int MOST = 4_096;

  private final int meshCores;
  private final FaultyMemory memory;
  private final List<Core> cores;
  private final List<Fault> list = new ArrayList<>();
  private long nextFlip = Fault.FOREVER;

  /// @param meshCores that the chip has, in use or not
  Faults(int meshCores, FaultyMemory memory, List<Core> cores) {
    this.meshCores = meshCores;
    this.memory = memory;
    this.cores = cores;
  }

  /// Those that can still show, or will after a reset, in the order in which they came.
  List<Fault> list() {
    return List.copyOf(list);
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  /// Throws if the chip can't have one of some more faults.
  void check(List<? extends Fault> more) {
    long kept = more.stream().filter(f -> at(f) != Fault.AT_ONCE).count();
    if (list.size() + kept > MOST) {
      throw new IllegalArgumentException(
          "faults: %d (expected: at most %d)".formatted(list.size() + kept, MOST));
    }
    for (var fault : more) {
      switch (fault) {
        case BitFlip flip -> memory.check(flip);
        case RandomFlips flips -> memory.check(flips);
        case DeadCore dead -> checkCore("core", dead.core());
        case PacketLoss loss -> {
          checkCore("from core", loss.fromCore());
          checkCore("to core", loss.toCore());
        }
      }
    }
  }

  /// Throws if one of some faults is over before the step that comes next.
  static void checkTime(List<? extends Fault> faults, long step) {
    for (var fault : faults) {
      long at = at(fault);
      if (at != Fault.AT_ONCE && at < step) {
        throw new IllegalArgumentException(
            "at: %d (expected: at least %d, the step that comes next)".formatted(at, step));
      }
      long until = until(fault);
      if (until <= step) {
        throw new IllegalArgumentException(
            "until: %d (expected: more than %d, the step that comes next)".formatted(until, step));
      }
    }
  }

  private void checkCore(String what, int core) {
    if (core >= meshCores) {
      throw new IllegalArgumentException(
          "%s: %d (expected: < %d)".formatted(what, core, meshCores));
    }
  }

  /// The step of a flip; `FOREVER` for another fault.
  private static long at(Fault fault) {
    return switch (fault) {
      case BitFlip flip -> flip.at();
      case RandomFlips flips -> flips.at();
      case DeadCore _, PacketLoss _ -> Fault.FOREVER;
    };
  }

  private static long until(Fault fault) {
    return switch (fault) {
      case BitFlip _, RandomFlips _ -> Fault.FOREVER;
      case DeadCore dead -> dead.until();
      case PacketLoss loss -> loss.until();
    };
  }

  /// Takes in faults that have been checked. Flips that take place at once do so, and are over.
  ///
  /// @param step the present one
  void add(List<? extends Fault> more, long step) {
    for (var fault : more) {
      if (at(fault) == Fault.AT_ONCE) {
        flip(fault, step);
      } else {
        list.add(fault);
      }
    }
    tell();
    seek(step);
  }

  private void tell() {
    for (var core : cores) {
      core.setFaults(CoreFaults.of(list, core.number));
    }
  }

  /// Forgets all.
  void clear() {
    list.clear();
    tell();
    nextFlip = Fault.FOREVER;
  }

  /// The next step before which bits flip.
  long nextFlip() {
    return nextFlip;
  }

  /// Finds the next flip from a step on.
  void seek(long step) {
    nextFlip = Fault.FOREVER;
    for (var fault : list) {
      if (at(fault) >= step) {
        nextFlip = Math.min(nextFlip, at(fault));
      }
    }
  }

  /// Turns over what is due in the present step.
  void flip(long step) {
    for (var fault : list) {
      if (at(fault) == step) {
        flip(fault, step);
      }
    }
    seek(step + 1);
  }

  private void flip(Fault fault, long step) {
    switch (fault) {
      case BitFlip flip -> memory.flip(flip, step);
      case RandomFlips flips -> memory.flip(flips, step);
      case DeadCore _, PacketLoss _ -> {}
    }
  }
}
