package engram.isa.image;

import java.util.List;

/// An engine of fixed function that works through whole projections when a register is not zero.
public sealed interface Sequencer {
  /// The register that starts it, at the end of LEARN of each step in which it is not zero.
  int register();

  /// Sums one word over equal-shaped projections, narrows the sum once, and gives it to all.
  ///
  /// @param word name of a tag, or `w`
  record Reduce(int register, String word, List<Integer> projections) implements Sequencer {
    public Reduce {
      projections = List.copyOf(projections);
    }
  }

  /// Removes the synapses that `kill` marked and lets each target neuron regain as many, with
  /// random sources. The register's value is the batch in the key of the draws.
  record Rewire(int register, int projection) implements Sequencer {}
}
