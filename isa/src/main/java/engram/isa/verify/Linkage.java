package engram.isa.verify;

import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Where the names that a synapse program borrows really live: in the row program of its projection
/// and in the neuron program of its target population.
public final class Linkage {
  private final int[] slots;

  private Linkage(int[] slots) {
    this.slots = slots;
  }

  /// Slot, in the other program, of the symbol in a slot of the synapse program.
  public int slot(int synapseSlot) {
    return slots[synapseSlot];
  }

  /// Why the three programs don't fit each other; empty if they do.
  public static List<String> faults(
      VerifiedProgram synapse, Optional<VerifiedProgram> row, VerifiedProgram neuron) {
    var faults = new ArrayList<String>();
    resolve(synapse, row, neuron, faults);
    return faults;
  }

  /// Links three programs that fit.
  public static Linkage of(
      VerifiedProgram synapse, Optional<VerifiedProgram> row, VerifiedProgram neuron) {
    var faults = new ArrayList<String>();
    int[] slots = resolve(synapse, row, neuron, faults);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return new Linkage(slots);
  }

  private static int[] resolve(
      VerifiedProgram synapse,
      Optional<VerifiedProgram> row,
      VerifiedProgram neuron,
      List<String> faults) {
    var symbols = synapse.program().symbols();
    int[] slots = new int[symbols.size()];
    Arrays.fill(slots, -1);
    for (int i = 0; i < slots.length; i++) {
      var symbol = symbols.get(i);
      switch (symbol.role()) {
        case ROW ->
            slots[i] =
                find(synapse, i, row, "row", List.of(SymbolRole.FIELD, SymbolRole.PARAM), faults);
        case ROW_ACCUMULATOR ->
            slots[i] = find(synapse, i, row, "row", List.of(SymbolRole.ACCUMULATOR), faults);
        case POST ->
            slots[i] =
                find(
                    synapse,
                    i,
                    Optional.of(neuron),
                    "neuron",
                    List.of(
                        SymbolRole.FIELD,
                        SymbolRole.PARAM,
                        SymbolRole.ACCUMULATOR,
                        SymbolRole.STREAM),
                    faults);
        default -> {}
      }
    }
    for (var trigger : synapse.program().triggers()) {
      if (trigger.hasPost() && slots[trigger.postSlot()] >= 0) {
        var target = neuron.program().symbol(slots[trigger.postSlot()]);
        if (target.role() != SymbolRole.STREAM) {
          faults.add(
              synapse
                  + ": trigger "
                  + trigger.name()
                  + " waits for "
                  + target.name()
                  + " of "
                  + neuron
                  + ": "
                  + target.role()
                  + " (expected: stream)");
        }
      }
    }
    return slots;
  }

  private static int find(
      VerifiedProgram synapse,
      int slot,
      Optional<VerifiedProgram> other,
      String what,
      List<SymbolRole> roles,
      List<String> faults) {
    String name = synapse.program().symbol(slot).name();
    if (other.isEmpty()) {
      faults.add(synapse + " reads " + name + " of its row, but the projection has no row program");
      return -1;
    }
    var program = other.get().program();
    int found = program.slot(name).orElse(-1);
    if (found < 0 || !roles.contains(program.symbol(found).role())) {
      String has =
          program.symbols().stream()
              .filter(s -> roles.contains(s.role()))
              .map(Symbol::name)
              .collect(Collectors.joining(", "));
      faults.add(
          synapse
              + " reads "
              + name
              + " of its "
              + what
              + ", which "
              + program
              + " does not have ("
              + (has.isEmpty() ? "it has none" : "it has: " + has)
              + ")");
      return -1;
    }
    int history = program.symbol(found).history();
    int oldest = synapse.oldestRead(slot);
    if (oldest >= history) {
      faults.add(
          synapse
              + " reads "
              + name
              + " at age "
              + oldest
              + " (expected: less than its history of "
              + history
              + " in "
              + program
              + ")");
    }
    return found;
  }
}
